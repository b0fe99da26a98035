from metaflow.exception import MetaflowException


class AcmeError(MetaflowException):
    headline = "Acme"
