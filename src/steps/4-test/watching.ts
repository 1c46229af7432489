import { ImportList, moduleText } from './python-text.ts';

/** `tests/watching.py`: what calls get and give while the package runs. The same in every package. */

const WATCHED = `@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        arguments: What it got, by name.
        result: What it gave; None for a constructor.
    """

    arguments: Mapping[str, Any]
    result: object`;

const CALLS = `@dataclass
class Watched:
    """Calls of one function, class or method.

    Attributes:
        possible: Whether its calls can be seen; those of code that is not Python cannot.
        calls: In order. Of a library's method, only those that the package makes itself.
    """

    possible: bool = False
    calls: list[Call] = field(default_factory=list)`;

const KEPT = `@dataclass(frozen=True)
class Large:
    """Stands for a value that is too large to be kept.

    Attributes:
        shape: Its shape.
    """

    shape: tuple[int, ...]


def kept(value: Any) -> Any:  # noqa: ANN401 - any value
    """Keep a table or an array as it is now: code behind may change it in place.

    Args:
        value: Anything.

    Returns:
        A copy, what stands for a large one, or the value itself.
    """
    if isinstance(value, tuple):
        return tuple(kept(part) for part in value) if type(value) is tuple else value
    if not isinstance(value, pd.DataFrame | pd.Series | np.ndarray):
        return value
    return Large(value.shape) if value.size > MOST_KEPT else value.copy()


def shape_of(value: Any) -> tuple[int, ...]:  # noqa: ANN401 - any value
    """Give rows and columns of a value.

    Args:
        value: A table, an array or a list.

    Returns:
        Its shape.
    """
    shape = getattr(value, "shape", None)
    return (len(value),) if shape is None else tuple(shape)


def is_equal(found: Any, value: Any) -> bool:  # noqa: ANN401 - any values
    """Compare two tables or arrays; missing values are equal.

    Args:
        found: What a call got; a large one counts by its shape.
        value: What it should be.

    Returns:
        Whether they are equal.
    """
    if isinstance(found, Large):
        return found.shape == shape_of(value)
    return pd.DataFrame(np.asarray(found)).equals(pd.DataFrame(np.asarray(value)))`;

const RECORDING = `def recording(
    function: Callable[..., Any], watched: Watched, real: Mapping[str, Callable[[Any], Any]]
) -> Callable[..., Any]:
    """Wrap a function so that its calls are kept.

    Args:
        function: Called as before.
        watched: Receives the calls.
        real: By argument, what the function is given in place of what came.

    Returns:
        A function with the signature of the given one.
    """
    signature = inspect.signature(function)
    is_method = "self" in signature.parameters

    @functools.wraps(function)
    def wrapper(*args: object, **kwargs: object) -> object:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if is_method and function.__name__ != "__init__" and not caller.startswith("src."):
            return function(*args, **kwargs)
        bound = signature.bind(*args, **kwargs)
        arguments = {name: kept(value) for name, value in bound.arguments.items()}
        for name, parameter in signature.parameters.items():
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                arguments.update(arguments.pop(name, {}))
        given = {name: real[name](value) if name in real else value for name, value in kwargs.items()}
        named = zip(signature.parameters, args, strict=False)
        plain = [real[name](value) if name in real else value for name, value in named]
        plain.extend(args[len(plain) :])
        call = len(watched.calls)
        watched.calls.append(Call(arguments, None))
        result = function(*plain, **given)
        watched.calls[call] = Call(arguments, kept(result))
        return result

    return wrapper`;

const WATCH = `def watch(
    path: str, stack: ExitStack, real: Mapping[str, Callable[[Any], Any]] | None = None
) -> Watched:
    """Watch a function wherever the package holds it, a method, or the construction of a class.

    Args:
        path: Import path.
        stack: Ends the watching.
        real: By argument, what the function is given in place of what came.

    Returns:
        Receives the calls.
    """
    watched = Watched()
    owner_path, _, name = path.rpartition(".")
    try:
        owner, found = resolve_name(owner_path), resolve_name(path)
    except (ImportError, AttributeError):
        if path.startswith("src."):
            raise
        return watched  # a library that keeps its classes elsewhere
    if inspect.isclass(found):
        owner, name, found = found, "__init__", found.__init__
    elif inspect.isclass(owner):
        found = inspect.getattr_static(owner, name)
    if not inspect.isfunction(found):
        return watched
    watched.possible = True
    wrapped = recording(found, watched, real or {})
    holders = [module for key, module in sys.modules.items() if key.startswith("src.")]
    places = {(id(owner), name): owner}
    if not inspect.isclass(owner):
        for module in holders:
            aliases = [alias for alias, value in vars(module).items() if value is found]
            places.update({(id(module), alias): module for alias in aliases})
    for (_, alias), holder in places.items():
        stack.enter_context(patch.object(holder, alias, wrapped))
    return watched`;

/** Writes the module. */
export function writeWatching(): string {
  const imports = new ImportList();
  imports.module('functools', 'inspect', 'sys', 'numpy as np', 'pandas as pd');
  imports.from('collections.abc', 'Callable', 'Mapping');
  imports.from('contextlib', 'ExitStack');
  imports.from('dataclasses', 'dataclass', 'field');
  imports.from('pkgutil', 'resolve_name');
  imports.from('typing', 'Any', 'Final');
  imports.from('unittest.mock', 'patch');
  return moduleText('Watches calls while the package runs.', imports, [
    WATCHED,
    CALLS,
    '# Numbers of a table or an array that is kept.\nMOST_KEPT: Final = 5_000_000',
    KEPT,
    RECORDING,
    WATCH,
  ]);
}
