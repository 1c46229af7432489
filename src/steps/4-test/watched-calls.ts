/** Python of the test that every value of the configuration reaches its call. The same in every package, but for the data. */

const WATCHED = `@dataclass
class Watched:
    """Arguments of the calls of one function or class.

    Attributes:
        possible: Whether its calls can be seen; those of code that is not Python cannot.
        calls: Arguments of each call, by name.
    """

    possible: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)`;

const RECORDING = `def recording(function: Callable[..., Any], watched: Watched) -> Callable[..., Any]:
    """Wrap a function so that its arguments are kept.

    Args:
        function: Called as before.
        watched: Receives the arguments.

    Returns:
        A function with the signature of the given one.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args: object, **kwargs: object) -> object:
        arguments = dict(signature.bind(*args, **kwargs).arguments)
        for name, parameter in signature.parameters.items():
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                arguments.update(arguments.pop(name, {}))
        watched.calls.append(arguments)
        return function(*args, **kwargs)

    return wrapper`;

const WATCH = `def watch(path: str, stack: ExitStack) -> Watched:
    """Watch a function wherever the package holds it, or the construction of a class.

    Args:
        path: Import path.
        stack: Ends the watching.

    Returns:
        Receives the arguments.
    """
    watched = Watched()
    owner, _, name = path.rpartition(".")
    real = resolve_name(path)
    if inspect.isclass(real):
        if inspect.isfunction(real.__init__):
            watched.possible = True
            wrapped = recording(real.__init__, watched)
            stack.enter_context(patch.object(real, "__init__", wrapped))
    elif inspect.isfunction(real):
        watched.possible = True
        wrapped = recording(real, watched)
        modules = [module for key, module in sys.modules.items() if key.startswith("src.")]
        stack.enter_context(patch.object(resolve_name(owner), name, wrapped))
        for module in modules:
            for alias in [alias for alias, value in vars(module).items() if value is real]:
                stack.enter_context(patch.object(module, alias, wrapped))
    return watched`;

const CALLS = (files: boolean): string => `@pytest.fixture(scope="module")
def other_config(fast_overrides: list[str]) -> Config:
    """Configuration whose values differ from the notebook's."""
    return load_config(overrides=[*fast_overrides, *OVERRIDES])


@pytest.fixture(scope="module")
def calls(other_config: Config${files ? ', data_files: None' : ''}) -> tuple[Mapping[str, Watched], str]:
    """What the calls in \`\`USES\`\` got in one run, and why that run stopped, if so."""
    with ExitStack() as stack:
        watched = {path: watch(path, stack) for path in dict.fromkeys(use[0] for use in USES)}
        try:
            run(other_config)
        except Exception as error:  # other values need not suit the data
            return watched, f" before the run stopped: {error!r}"
    return watched, ""`;

const TEST = `def is_given(calls: Sequence[Mapping[str, Any]], argument: str, key: str, value: object) -> bool:
    """Tell whether a call got a value: as the argument, or under the key's last part in it.

    Args:
        calls: Arguments of each call.
        argument: Name of the argument.
        key: Dotted key of the value.
        value: Value of the configuration.

    Returns:
        Whether one of the calls got it.
    """
    for found in (call[argument] for call in calls if argument in call):
        part = key.rpartition(".")[2]
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        if np.array_equal(np.asarray(found, dtype=object), np.asarray(value, dtype=object)):
            return True
    return False


@pytest.mark.parametrize(("path", "argument", "key"), USES)
def test_configuration_reaches_its_use(
    calls: tuple[Mapping[str, Watched], str],
    other_config: Config,
    path: str,
    argument: str,
    key: str,
) -> None:
    """Every value of the configuration is passed on to the call that the notebook gave it to."""
    watched, stopped = calls[0][path], calls[1]
    if is_given(watched.calls, argument, key, flatten(other_config)[key]):
        return
    if not watched.possible:
        pytest.skip(f"{path} is not written in Python: its calls cannot be seen")
    if not watched.calls:
        pytest.skip(f"{path} was not called{stopped}")
    pytest.fail(f"{path} got {[call.get(argument) for call in watched.calls][:5]} as {argument}")`;

/** Blocks of `test_training.py`. */
export function watchedCallTests(files: boolean): string[] {
  return [WATCHED, RECORDING, WATCH, CALLS(files), TEST];
}
