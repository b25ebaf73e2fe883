"""Settings: one file, the environment, and nothing guessed."""

import re
from pathlib import Path

import pytest

from bot.settings import TOKEN_VARIABLE, Settings, SettingsError, Storage, variables

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def written(folder: Path, text: str) -> Path:
    """A settings file in `folder`."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path | None) -> tuple[str, ...]:
    """What loading `path` complains of."""
    with pytest.raises(SettingsError) as error:
        Settings.load(path)
    return error.value.problems


def test_without_a_file_the_documented_defaults_apply_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative paths are then relative to the current folder."""
    monkeypatch.chdir(tmp_path)
    settings = Settings.load()
    assert settings.storage.url == f"sqlite:///{tmp_path}/rapporteur.db"
    assert settings.secrecy.key_dir == tmp_path / "keys"
    assert settings.logging.level == "info"
    assert settings.discord.token is None


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    """So the bot may be started from anywhere."""
    text = (
        '[storage]\nurl = "sqlite:///data/r.db"\n[secrecy]\nkey_dir = "../keys"\n[logging]\nfile = "r.log"\n'
    )
    settings = Settings.load(written(tmp_path, text))
    assert settings.storage.url == f"sqlite:///{tmp_path}/data/r.db"
    assert settings.secrecy.key_dir == tmp_path / "../keys"
    assert settings.logging.file == tmp_path / "r.log"


def test_absolute_paths_and_servers_stay_as_they_are(tmp_path: Path) -> None:
    """Only relative paths are moved."""
    settings = Settings.load(written(tmp_path, '[storage]\nurl = "sqlite:////srv/r.db"\n'))
    assert settings.storage.url == "sqlite:////srv/r.db"
    settings = Settings.load(written(tmp_path, '[storage]\nurl = "postgresql://me@host/r"\n'))
    assert settings.storage.url == "postgresql://me@host/r"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One key set in the environment leaves the rest of its section alone."""
    monkeypatch.setenv("RAPPORTEUR_LOGGING__LEVEL", "error")
    settings = Settings.load(written(tmp_path, '[logging]\nlevel = "debug"\nfile = "r.log"\n'))
    assert settings.logging.level == "error"
    assert settings.logging.file == tmp_path / "r.log"


def test_what_code_decides_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rehearsal must never end up on the operator's store."""
    monkeypatch.setenv("RAPPORTEUR_STORAGE__URL", "sqlite:////srv/real.db")
    assert Settings(storage=Storage(url="sqlite:////tmp/play.db")).storage.url == "sqlite:////tmp/play.db"


def test_the_token_comes_from_the_environment_and_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even by printing the settings."""
    monkeypatch.setenv(TOKEN_VARIABLE, " very-secret\n")
    settings = Settings.load()
    assert settings.discord.token is not None
    assert settings.discord.token.get_secret_value() == "very-secret"
    assert "very-secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_an_empty_token_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files set empty variables."""
    monkeypatch.setenv(TOKEN_VARIABLE, "")
    assert Settings.load().discord.token is None


def test_a_token_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    """It would end up in a repository sooner or later; neither may the complaint leak it."""
    path = written(tmp_path, '[discord]\ntoken = "very-secret"\n')
    (said,) = refused(path)
    assert str(path) in said
    assert TOKEN_VARIABLE in said
    assert "very-secret" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[storage]\nurI = 'x'\n", "storage.urI in {path} is an unknown key"),
        ("[stores]\n", "stores in {path} is an unknown key"),
        ("storage = 5\n", "storage in {path} must be a section"),
        ("[storage]\nurl = 'mysql://x'\n", "storage.url in {path} must look like sqlite:///rapporteur.db"),
        ("[storage]\nurl = 'sqlite:///:memory:'\n", "storage.url in {path} must name a file"),
        ("[logging]\nlevel = 'loud'\n", "logging.level in {path} must be one of 'debug', 'info'"),
        ("[logging]\nlevel = 5\n", "logging.level in {path} must be one of"),
        ("[secrecy]\nkey_dir = 5\n", "secrecy.key_dir in {path} cannot be used"),
        ("[storage\n", "{path} is not valid TOML: "),
        ("[discord]\nshard_ids = [0]\n", "discord.shard_ids in {path} needs shard_count beside it"),
        ("[discord]\nshard_count = 2\nshard_ids = [2]\n", "discord.shard_ids in {path} counts shards from 0"),
        (
            "[discord]\nshard_count = 2\nshard_ids = [-1]\n",
            "discord.shard_ids in {path} counts shards from 0",
        ),
        ("[discord]\nshard_count = 2\nshard_ids = [1, 1]\n", "discord.shard_ids in {path} must name one"),
        ("[discord]\nshard_count = 2\nshard_ids = []\n", "discord.shard_ids in {path} must name one"),
        ("[discord]\nshard_count = 2\nshard_ids = ['x']\n", "discord.shard_ids.0 in {path} cannot be used"),
        ("[discord]\nshard_count = 0\nshard_ids = [0]\n", "discord.shard_count in {path} cannot be used"),
    ],
)
def test_each_mistake_in_the_file_is_named_with_key_and_place(tmp_path: Path, text: str, said: str) -> None:
    """One sentence that says what to mend."""
    path = written(tmp_path, text)
    (problem,) = refused(path)
    assert problem.startswith(said.format(path=path))
    assert problem.endswith(".")


def test_all_mistakes_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the file and in the environment alike."""
    monkeypatch.setenv("RAPPORTEUR_TOKEN", "x")
    path = written(tmp_path, "[discord]\ntoken = 'x'\nname = 'y'\n[logging]\nlevel = 'loud'\n")
    assert len(refused(path)) == 4


@pytest.mark.parametrize(
    "name", ["RAPPORTEUR_TOKEN", "RAPPORTEUR_STORAGE", "RAPPORTEUR_STORAGE__URI", "rapporteur_x"]
)
def test_an_unknown_variable_is_an_error(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A misspelt variable must not be silently without effect."""
    monkeypatch.setenv(name, "x")
    (problem,) = refused(None)
    assert name in problem
    assert TOKEN_VARIABLE in problem


def test_a_wrong_variable_is_named_as_the_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Even when a file is in use."""
    monkeypatch.setenv("RAPPORTEUR_LOGGING__LEVEL", "loud")
    (problem,) = refused(written(tmp_path, ""))
    assert problem.startswith("logging.level in the environment variable RAPPORTEUR_LOGGING__LEVEL must be")


@pytest.mark.parametrize(
    ("written_as", "ids", "all_of_them"),
    [("1", (1,), False), ("0, 1", (0, 1), True), ("[1,0]", (1, 0), True)],
)
def test_shards_are_listed_in_the_environment_as_one_writes_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written_as: str, ids: tuple[int, ...], all_of_them: bool
) -> None:
    """One number is what a service with a number in its name hands over."""
    assert Settings.load().discord.all_shards
    monkeypatch.setenv("RAPPORTEUR_DISCORD__SHARD_IDS", written_as)
    discord = Settings.load(written(tmp_path, "[discord]\nshard_count = 2\n")).discord
    assert (discord.shard_ids, discord.all_shards) == (ids, all_of_them)


def test_an_unreadable_file_is_one_sentence(tmp_path: Path) -> None:
    """Missing, a folder, or not text."""
    assert refused(tmp_path / "no.toml") == (f"There is no settings file {tmp_path / 'no.toml'}.",)
    assert refused(tmp_path)[0].startswith(f"{tmp_path} cannot be read: ")
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# \xe9\n")
    assert "UTF-8" in refused(path)[0]


def test_the_example_is_valid_and_names_every_key_with_its_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example is the reference: no key of the program is missing in it, and none is invented."""
    text = EXAMPLE.read_text(encoding="utf-8")
    everything = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
    section, named = "", set()
    for line in everything.splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header[1]
        elif key := re.match(r"(\w+) = ", line):
            named.add((section, key[1]))
    assert named == set(variables().values()) - {("discord", "token")}
    assert TOKEN_VARIABLE in text
    monkeypatch.chdir(tmp_path)
    assert Settings.load(written(tmp_path, text)) == Settings.load()
    Settings.load(written(tmp_path, everything))
