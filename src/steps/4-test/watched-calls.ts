/** Python of the test that every value of the configuration reaches its call. The same in every package, but for the data. */

const CALLS = (files: boolean): string => `@pytest.fixture(scope="module")
def other_config(fast_overrides: list[str]) -> Config:
    """Configuration whose values differ from the notebook's."""
    return load_config(overrides=[*fast_overrides, *OVERRIDES, *MARKS])


def unmarked(key: str, fast: Config, other: Config) -> Callable[[Any], Any]:
    """Give a call a value that suits the data in place of the mark that stands for it.

    Args:
        key: Dotted key of a marked value.
        fast: Configuration with the value.
        other: Configuration with the mark.

    Returns:
        Replaces the mark, also below the key's last part in a mapping.
    """
    value, mark = flatten(fast)[key], flatten(other)[key]

    def replaced(given: Any) -> Any:  # noqa: ANN401 - any argument
        part = key.rpartition(".")[2]
        if isinstance(given, Mapping) and part in given:
            return {**given, part: replaced(given[part])}
        if not is_same(given, mark):
            return given
        return type(given)(value) if isinstance(given, tuple | set) else value

    return replaced


@pytest.fixture(scope="module")
def calls(
    fast_config: Config, other_config: Config${files ? ', data_files: None' : ''}
) -> tuple[Mapping[str, Watched], str]:
    """What the calls in \`\`USES\`\` got in one run, and why that run stopped, if so."""
    marked = [mark.partition("=")[0] for mark in MARKS]
    with ExitStack() as stack:
        watched = {}
        for path in dict.fromkeys(use[0] for use in USES):
            own = [(argument, key) for place, argument, key in USES if place == path and key in marked]
            real = {argument: unmarked(key, fast_config, other_config) for argument, key in own}
            watched[path] = watch(path, stack, real)
        try:
            run(other_config)
        except Exception as error:  # other values need not suit the data
            return watched, f" before the run stopped: {error!r}"
    return watched, ""`;

const TEST = `def is_same(found: object, value: object) -> bool:
    """Compare two values of any kind.

    Args:
        found: What a call got.
        value: Value of the configuration.

    Returns:
        Whether they are equal.
    """
    return np.array_equal(np.asarray(found, dtype=object), np.asarray(value, dtype=object))


def is_given(calls: Sequence[Call], argument: str, key: str, value: object) -> bool:
    """Tell whether a call got a value: as the argument, or under the key's last part in it.

    Args:
        calls: Calls that were seen.
        argument: Name of the argument.
        key: Dotted key of the value.
        value: Value of the configuration.

    Returns:
        Whether one of the calls got it.
    """
    for found in (call.arguments[argument] for call in calls if argument in call.arguments):
        part = key.rpartition(".")[2]
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        if is_same(found, value):
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
    got = [call.arguments.get(argument) for call in watched.calls]
    pytest.fail(f"{path} got {got[:5]} as {argument}")


def test_every_seed_is_the_configured_one(
    calls: tuple[Mapping[str, Watched], str], other_config: Config
) -> None:
    """Where the package seeds the generators again, it takes the same value."""
    seeds = {call.arguments["seed"] for call in calls[0]["src.runtime.set_seed"].calls}
    assert seeds == {other_config.seed}`;

/** Blocks of `test_training.py`. */
export function watchedCallTests(files: boolean): string[] {
  return [CALLS(files), TEST];
}
