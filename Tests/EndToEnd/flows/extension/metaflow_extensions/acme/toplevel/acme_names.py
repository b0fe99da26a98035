__mf_extensions__ = "acme"
__version__ = None

acme_constant = 7
