"""The doctor's findings: what is wrong is said plainly, and nothing is changed by looking."""

from pathlib import Path

import pytest

from bot import doctor
from bot.doctor import Finding
from bot.settings import TOKEN_VARIABLE
from storage import migrate

MODEL = Path(__file__).parents[2] / "rehearsal" / "initiative.toml"
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, with a good token set."""
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def findings(level: str, config: Path | None = None, file: Path | None = None) -> list[Finding]:
    """What the doctor finds of one level."""
    return [found for found in await doctor.examine(config, None, file) if found.level == level]


def config(folder: Path, text: str) -> Path:
    """A settings file in `folder`."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


async def test_a_first_start_with_a_token_has_no_errors(place: Path) -> None:
    """And looking has made neither store nor keys."""
    assert await findings("error") == []
    assert list(place.iterdir()) == []


async def test_keys_beside_the_store_are_warned_of() -> None:
    """A backup of the whole folder would hold both."""
    (warning,) = await findings("warning")
    assert "beside the store" in warning.sentence
    assert warning.advice


async def test_a_missing_token_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the name of the variable to set."""
    monkeypatch.delenv(TOKEN_VARIABLE)
    (error,) = await findings("error")
    assert "no token" in error.sentence
    assert TOKEN_VARIABLE in error.advice


@pytest.mark.parametrize(
    "token", ["abc", f"Bot {TOKEN}", f'"{TOKEN}"', "a.b.c", TOKEN.replace("MTIz", "xxxx")]
)
async def test_a_token_of_the_wrong_shape_is_an_error_that_does_not_repeat_it(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    """A client secret, a prefix, quotation marks: the usual mistakes."""
    monkeypatch.setenv(TOKEN_VARIABLE, token)
    (error,) = await findings("error")
    assert "does not look like" in error.sentence
    assert token not in str(error)


async def test_unknown_keys_and_variables_are_errors(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, at once."""
    monkeypatch.setenv("RAPPORTEUR_STORE", "x")
    errors = await findings("error", config(place, "[storage]\nuri = 'x'\n"))
    assert [("RAPPORTEUR_STORE" in e.sentence, "storage.uri" in e.sentence) for e in errors] == [
        (True, False),
        (False, True),
    ]


async def test_a_store_that_cannot_be_made_is_an_error(place: Path) -> None:
    """Its folder is not there."""
    (error,) = await findings("error", config(place, "[storage]\nurl = 'sqlite:///no/r.db'\n"))
    assert "cannot be made" in error.sentence


async def test_a_file_that_is_no_store_is_an_error(place: Path) -> None:
    """Such as a picture named by mistake."""
    (place / "r.db").write_bytes(b"no database at all" * 100)
    (error,) = await findings("error", config(place, "[storage]\nurl = 'sqlite:///r.db'\n"))
    assert "cannot be opened" in error.sentence


async def test_an_empty_store_is_reported_as_older(place: Path) -> None:
    """Pending migrations are named, not run."""
    file = place / "r.db"
    file.touch()
    warnings = await findings("warning", config(place, "[storage]\nurl = 'sqlite:///r.db'\n"))
    assert any("older than the program" in warning.sentence for warning in warnings)
    assert any("db upgrade" in warning.advice for warning in warnings)


async def test_a_store_up_to_date_is_well(place: Path) -> None:
    """Nothing to complain of."""
    await migrate.upgrade(f"sqlite:///{place}/rapporteur.db")
    assert await findings("error") == []
    assert any("up to date" in found.sentence for found in await findings("ok"))


async def test_a_store_inside_the_folder_of_keys_is_an_error(place: Path) -> None:
    """Whoever copies the store would have the keys too."""
    text = "[storage]\nurl = 'sqlite:///keys/r.db'\n"
    (place / "keys").mkdir(mode=0o700)
    (error,) = await findings("error", config(place, text))
    assert "has both" in error.sentence


async def test_keys_open_to_others_are_an_error(place: Path) -> None:
    """With the command that mends it."""
    (place / "keys").mkdir()
    (place / "keys").chmod(0o755)
    (error,) = await findings("error")
    assert "open to other users" in error.sentence
    assert "chmod 700" in error.advice


async def test_a_folder_of_keys_that_cannot_be_written_is_an_error(place: Path) -> None:
    """A file stands in its place."""
    (place / "keys").touch(mode=0o600)
    (error,) = await findings("error")
    assert "cannot be written" in error.sentence


async def test_a_log_that_cannot_be_written_is_an_error(place: Path) -> None:
    """Its folder is not there."""
    (error,) = await findings("error", config(place, "[logging]\nfile = 'no/r.log'\n"))
    assert "log file" in error.sentence


async def test_shards_left_out_on_a_store_in_a_file_are_an_error(place: Path) -> None:
    """Nobody could serve them; the bot would not start either."""
    (error,) = await findings("error", config(place, "[discord]\nshard_count = 2\nshard_ids = [0]\n"))
    assert "discord.shard_ids" in error.sentence
    assert await findings("error", config(place, "[discord]\nshard_count = 2\n")) == []


async def test_an_initiative_file_is_looked_at_with_line_and_key(place: Path) -> None:
    """As `initiative check` does."""
    file = place / "initiative.toml"
    file.write_text(MODEL.read_text(encoding="utf-8").replace("Europe/Brussels", "Europe/Nowhere"))
    (error,) = await findings("error", None, file)
    assert "Line " in error.sentence
    assert "initiative.time_zone" in error.sentence


async def test_what_an_initiative_leaves_open_about_privacy_is_warned_of(place: Path) -> None:
    """Controller, contact, notice and retention."""
    file = place / "initiative.toml"
    text = '[initiative]\ntitle="x"\ntime_zone="UTC"\n[roles]\norganiser=["O"]\n'
    file.write_text(text)
    warned = [str(found) for found in doctor.initiative_findings(file) if found.level == "warning"]
    assert all(
        any(key in line for line in warned) for key in ("controller", "contact", "notice", "retention")
    )
    file.write_text(text + '[privacy]\ncontroller="a"\ncontact="b"\nnotice="c"\nretention_days=30\n')
    assert [found.level for found in doctor.initiative_findings(file)] == ["ok"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * 2_000_000])
def test_a_hostile_initiative_file_is_one_finding(place: Path, content: bytes) -> None:
    """Not UTF-8, or too large."""
    file = place / "initiative.toml"
    file.write_bytes(content)
    assert [found.level for found in doctor.initiative_findings(file)] == ["error"]


def test_an_initiative_file_that_is_not_there_is_one_finding(place: Path) -> None:
    """Neither is a folder a file."""
    assert [found.level for found in doctor.initiative_findings(place / "no.toml")] == ["error"]
    assert [found.level for found in doctor.initiative_findings(place)] == ["error"]
