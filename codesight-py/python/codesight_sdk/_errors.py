"""The exceptions of the package: one base, one class for each kind.

Where Python has a word for a kind, the class is that too, so that ``except FileNotFoundError`` works as expected.
"""

from __future__ import annotations

from collections.abc import Sequence


class CodeSightError(Exception):
    """The base of every exception of this package.

    Attributes:
        code: the stable code of the kind, such as ``"not-found"``.
        operation: what was being done, such as ``"archive.read"``.
        context: named facts (limits, sizes, ids), in order; never content of a recording.
        retry_after: seconds after which the same call may succeed; ``0.0`` when the pause is yours to choose; ``None``
            when it fails again.
    """

    code = "unexpected"

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        context: Sequence[tuple[str, str]] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.context = dict(context)
        self.retry_after = retry_after

    def __str__(self) -> str:
        facts = "".join(f", {name}={value}" for name, value in self.context.items())
        where = f"{self.operation}: " if self.operation else ""
        return f"{where}{self.message}{facts}"

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.message, self.operation, list(self.context.items()), self.retry_after)


class InvalidError(CodeSightError, ValueError):
    """The input is not what is asked for; the same input is refused again."""

    code = "invalid"


class NotFoundError(CodeSightError, FileNotFoundError, KeyError):
    """There is no such file, session, frame or blob."""

    code = "not-found"

    # KeyError would show the message in quotes, OSError without its facts.
    __str__ = CodeSightError.__str__


class AlreadyExistsError(CodeSightError, FileExistsError):
    """Something of that name is there."""

    code = "already-exists"
    __str__ = CodeSightError.__str__


class ConflictError(CodeSightError):
    """Somebody else got there first."""

    code = "conflict"


class UnauthenticatedError(CodeSightError, PermissionError):
    """The server does not know who is asking."""

    code = "unauthenticated"
    __str__ = CodeSightError.__str__


class ForbiddenError(CodeSightError, PermissionError):
    """It may not be done."""

    code = "forbidden"
    __str__ = CodeSightError.__str__


class LimitExceededError(CodeSightError, ValueError):
    """A declared limit would be passed."""

    code = "limit-exceeded"


class UnsupportedError(CodeSightError, NotImplementedError):
    """The backend, the format or this build does not offer it."""

    code = "unsupported"


class UnavailableError(CodeSightError, ConnectionError):
    """A disk, a database or a server is away or too slow; see ``retry_after``."""

    code = "unavailable"
    __str__ = CodeSightError.__str__


class CorruptError(CodeSightError, ValueError):
    """Stored bytes are not what was stored. ``context["code"]`` says how, where that is known."""

    code = "corrupt"


class UnexpectedError(CodeSightError, RuntimeError):
    """A bug, or a state nobody foresaw."""

    code = "unexpected"


class MissingExtraError(CodeSightError, ImportError):
    """A package that this call needs is not installed; the message names the extra that brings it."""

    code = "missing-extra"
    __str__ = CodeSightError.__str__


KINDS: dict[str, type[CodeSightError]] = {
    kind.code: kind
    for kind in (
        InvalidError,
        NotFoundError,
        AlreadyExistsError,
        ConflictError,
        UnauthenticatedError,
        ForbiddenError,
        LimitExceededError,
        UnsupportedError,
        UnavailableError,
        CorruptError,
        UnexpectedError,
    )
}


def make(
    code: str,
    operation: str,
    message: str,
    context: Sequence[tuple[str, str]] = (),
    retry_after: float | None = None,
) -> CodeSightError:
    """The exception of a kind. The native half calls this."""
    kind = KINDS.get(code, UnexpectedError)
    return kind(message, operation=operation, context=context, retry_after=retry_after)


def _again(
    kind: type[CodeSightError],
    message: str,
    operation: str,
    context: Sequence[tuple[str, str]],
    retry_after: float | None,
) -> CodeSightError:
    return kind(message, operation=operation, context=context, retry_after=retry_after)


def missing_extra(package: str, extra: str) -> MissingExtraError:
    """The exception for a package that is not installed."""
    return MissingExtraError(f"{package} is not installed: pip install 'codesight-sdk[{extra}]'")
