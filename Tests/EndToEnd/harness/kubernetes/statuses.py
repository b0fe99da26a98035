"""Errors as the API tells them: `Status` objects with the words that the real one uses."""


class ApiError(Exception):
    def __init__(self, code, reason, message, details=None, retry_after=None):
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.retry_after = retry_after

    @property
    def status(self):
        status = {
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message,
            "reason": self.reason, "code": self.code}
        details = dict(self.details or {})
        if self.retry_after is not None:
            details["retryAfterSeconds"] = self.retry_after
        return {**status, "details": details} if details else status


def success(details):
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def _details(kind, name):
    found = {"name": name, "kind": kind.plural}
    return {**found, "group": kind.group} if kind.group else found


def not_found(kind, name):
    return ApiError(404, "NotFound", f'{kind.resource} "{name}" not found', _details(kind, name))


def no_such_path():
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def already_exists(kind, name):
    return ApiError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', _details(kind, name))


def conflict(kind, name, why="the object has been modified; please apply your changes to the latest version and try again"):
    return ApiError(
        409, "Conflict", f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}', _details(kind, name))


def invalid(kind, name, causes):
    """`causes`: (field, reason, message), as ("spec.parallelism", "FieldValueInvalid", "Invalid value: -1: must be …")."""
    told = [f"{field}: {message}" for field, _, message in causes]
    text = told[0] if len(told) == 1 else "[" + ", ".join(told) + "]"
    who = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    details = {
        "name": name, "kind": kind.kind,
        "causes": [{"reason": reason, "message": message, "field": field} for field, reason, message in causes]}
    if kind.group:
        details["group"] = kind.group
    return ApiError(422, "Invalid", f'{who} "{name}" is invalid: {text}', details)


def bad_request(message):
    return ApiError(400, "BadRequest", message)


def unauthorized():
    return ApiError(401, "Unauthorized", "Unauthorized")


def forbidden(user, verb, kind, namespace, name=""):
    where = f' in the namespace "{namespace}"' if namespace else " at the cluster scope"
    subject = f'{kind.resource} "{name}" is' if name else f"{kind.resource} is"
    return ApiError(
        403, "Forbidden",
        f'{subject} forbidden: User "{user}" cannot {verb} resource "{kind.plural}" in API group "{kind.group}"{where}',
        _details(kind, name))


def refused_by_admission(kind, name, why):
    return ApiError(403, "Forbidden", f'{kind.resource} "{name}" is forbidden: {why}', _details(kind, name))


def expired(message):
    return ApiError(410, "Expired", message)


def too_many(seconds):
    return ApiError(
        429, "TooManyRequests", "The server has received too many requests and has asked us to try again later",
        retry_after=seconds)


def internal(message="Internal error occurred: etcdserver: leader changed"):
    return ApiError(500, "InternalError", message, {"causes": [{"message": message.split(": ", 1)[-1]}]})


def unavailable():
    return ApiError(503, "ServiceUnavailable", "apiserver not ready", retry_after=1)
