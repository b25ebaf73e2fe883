"""Settings: from one TOML file and from the environment, which wins.

The file never holds the token. Nothing is guessed: an unknown key or an unknown
`RAPPORTEUR_` variable is an error, since a misspelt setting would otherwise be
silently without effect. Relative paths are relative to the file's folder.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnusableVariable

PREFIX = "RAPPORTEUR_"
TOKEN_VARIABLE = "RAPPORTEUR_DISCORD__TOKEN"
STORE_VARIABLE = "RAPPORTEUR_STORAGE__URL"
DEFAULT_FILE = Path("config.toml")
_PASSWORD = re.compile(r"(?<=://)([^/@:]*:)([^/@]*)(?=@)")
MOST_SHARDS = 10_000


ALONE = (
    "discord.shard_ids leaves shards to other processes, which cannot share a store in a file: set url in "
    "[storage] to postgresql://user@host/name, or leave shard_ids out."
)


class SettingsError(Exception):
    """The settings cannot be used: `problems` has one sentence each, with key and place."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Discord(_Section):
    """How the bot signs in (`token` comes from the environment alone), and how it takes what people do."""

    token: SecretStr | None = None
    cooldowns: bool = True  # how fast one person may act: bot/floods.py
    fast_path: bool = False  # a shorter road for votes on cards: bot/fast_path.py
    shard_count: int | None = Field(default=None, ge=1, le=MOST_SHARDS)  # in all; None: what Discord advises
    shard_ids: Annotated[tuple[int, ...] | None, NoDecode] = None  # those of this process; None: all

    @field_validator("token")
    @classmethod
    def _blank_is_none(cls, token: SecretStr | None) -> SecretStr | None:
        text = token.get_secret_value().strip() if token else ""
        return SecretStr(text) if text else None

    @field_validator("shard_ids", mode="before")
    @classmethod
    def _listed(cls, given: Any) -> Any:
        """In the environment they are written `0` or `0, 1`."""
        return given.strip("[ ]").split(",") if isinstance(given, str) else given

    @field_validator("shard_ids")
    @classmethod
    def _some_of_all(cls, ids: tuple[int, ...] | None, info: ValidationInfo) -> tuple[int, ...] | None:
        if ids is None or "shard_count" not in info.data:  # which is told of by itself
            return ids
        count = info.data["shard_count"]
        if count is None:
            raise ValueError("needs shard_count beside it: how many shards there are in all")
        if not ids or len(set(ids)) < len(ids):
            raise ValueError("must name one shard or more, each once; without it, the bot serves all")
        if not all(0 <= one < count for one in ids):
            raise ValueError(
                f"counts shards from 0, so that with shard_count = {count} the last is {count - 1}"
            )
        return ids

    @property
    def all_shards(self) -> bool:
        """Whether this process is to serve every shard."""
        return self.shard_ids is None or len(self.shard_ids) == self.shard_count


class Storage(_Section):
    """Where the store is: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`."""

    url: str = "sqlite:///rapporteur.db"

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Without the password that may stand in the address."""
        return [(name, masked(value) if name == "url" else value) for name, value in super().__repr_args__()]

    @field_validator("url")
    @classmethod
    def _known_kind(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://")) or url in ("sqlite:///", "postgresql://"):
            raise ValueError("must look like sqlite:///rapporteur.db or postgresql://user@host/name")
        if url == "sqlite:///:memory:":
            raise ValueError("must name a file; a store in memory would be lost")
        _require_place(Path(url.removeprefix("sqlite:///")))
        return url


class SecrecySettings(_Section):
    """Where the keys of secret ballots lie: outside the database and its backups."""

    key_dir: Path = Path("keys")

    @field_validator("key_dir")
    @classmethod
    def _somewhere(cls, folder: Path) -> Path:
        return _require_place(folder)


class Logging(_Section):
    """What is logged, how, and where to (`file`; the terminal where there is none)."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"
    file: Path | None = None

    @field_validator("file")
    @classmethod
    def _somewhere(cls, file: Path | None) -> Path | None:
        return file if file is None else _require_place(file)


class WatchSettings(_Section):
    """The port of 127.0.0.1 at which the bot can be watched; 0: at none."""

    port: int = Field(default=0, ge=0, le=65535)


class Settings(BaseSettings):
    """Everything an operator decides."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    discord: Discord = Field(default_factory=Discord)
    storage: Storage = Field(default_factory=Storage)
    secrecy: SecrecySettings = Field(default_factory=SecrecySettings)
    logging: Logging = Field(default_factory=Logging)
    watch: WatchSettings = Field(default_factory=WatchSettings)

    @classmethod
    def load(cls, path: Path | None = None) -> Settings:
        """Settings from the file at `path` (None: from no file) and the environment.

        Paths in the result are absolute.

        Raises:
            SettingsError: with every problem found.
        """
        document = _read(path) if path else {}
        problems = _unknown_variables(os.environ)
        section = document.get("discord")
        if isinstance(section, dict) and "token" in section:
            problems.append(
                f"discord.token stands in {path}: a token does not belong in a file. "
                f"Remove it, and set the environment variable {TOKEN_VARIABLE} instead."
            )
            del section["token"]
        try:
            settings = cls(**_without_overridden(document, os.environ))
        except ValidationError as error:
            problems += _sentences(error, path)
        except UnusableVariable:
            pass  # a whole section in one variable: named among the unknown ones above
        if problems:
            raise SettingsError(*problems)
        return settings._placed((path.parent if path else Path()).absolute())

    def at(self, url: str) -> Settings:
        """The same settings with another store; a relative path is relative to the current folder.

        Raises:
            SettingsError: the address is of no kind of store known.
        """
        try:
            storage = Storage(url=absolute_url(Storage(url=url).url, Path.cwd()))
        except ValidationError:
            raise SettingsError(
                f"“{masked(url)}” is no address of a store: it must look like sqlite:///rapporteur.db "
                "or postgresql://user@host/name."
            ) from None
        return self.model_copy(update={"storage": storage})

    @property
    def leaves_servers_unserved(self) -> bool:
        """Whether there are shards that neither this process nor another could serve: `ALONE`."""
        return not self.discord.all_shards and database_file(self.storage.url) is not None

    def _placed(self, base: Path) -> Settings:
        logging = self.logging
        if logging.file is not None:
            logging = logging.model_copy(update={"file": base / logging.file.expanduser()})
        return self.model_copy(
            update={
                "storage": Storage(url=absolute_url(self.storage.url, base)),
                "secrecy": SecrecySettings(key_dir=base / self.secrecy.key_dir.expanduser()),
                "logging": logging,
            }
        )


def _require_place(path: Path) -> Path:
    """Let pass a path that can lead somewhere.

    Raises:
        ValueError: it begins in the home folder of somebody who has none, or no file can be called so.
    """
    try:
        path.expanduser()
    except RuntimeError:
        raise ValueError(f"begins with {path.parts[0]}, which is nobody's home folder here") from None
    if "\0" in str(path):
        raise ValueError("must not contain a zero character")
    return path


def masked(url: str) -> str:
    """The address of a store without the password in it."""
    return _PASSWORD.sub(r"\1[redacted]", url)


def password_of(url: str) -> tuple[str, ...]:
    """The password in the address of a store, as it stands there and as it is meant; nothing for none."""
    found = _PASSWORD.search(url)
    return () if found is None else tuple(dict.fromkeys((found[2], unquote(found[2]))))


def absolute_url(url: str, base: Path) -> str:
    """`url` with the path of a SQLite file made absolute from `base`; others as they are."""
    file = database_file(url)
    return f"sqlite:///{base / file}" if file is not None else url


def database_file(url: str) -> Path | None:
    """The file of a SQLite store; None for other addresses."""
    if not url.startswith("sqlite:///") or not url.removeprefix("sqlite:///"):
        return None
    return Path(url.removeprefix("sqlite:///")).expanduser()


def variables() -> Mapping[str, tuple[str, str]]:
    """Every environment variable that is read, with the section and key it sets."""
    return {
        f"{PREFIX}{section}__{key}".upper(): (section, key)
        for section, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for key in field.annotation.model_fields
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"There is no settings file {path}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text; save it again with the encoding UTF-8.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    except RecursionError:
        raise SettingsError(f"{path} is not valid TOML: too deeply nested.") from None
    except ValueError as error:  # a number too long to be one, too
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    known = variables()
    return [
        f"The environment variable {name} is unknown; the known ones are {', '.join(sorted(known))}."
        for name in sorted(environment)
        if name.upper().startswith(PREFIX) and name.upper() not in known
    ]


def _without_overridden(document: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The file's values that no environment variable replaces.

    Values given to `Settings(…)` in code win over the environment, so that a rehearsal
    or a test never ends up on an operator's store; those of the file must not.
    """
    rest = {name: dict(part) if isinstance(part, dict) else part for name, part in document.items()}
    known = variables()
    for name in environment:
        if name.upper() in known:
            section, key = known[name.upper()]
            if isinstance(rest.get(section), dict):
                rest[section].pop(key, None)
    return rest


def _sentences(error: ValidationError, path: Path | None) -> list[str]:
    by_key = {place: name for name, place in variables().items()}
    present = {name.upper() for name in os.environ}
    problems = []
    for detail in error.errors():
        location = tuple(str(part) for part in detail["loc"])
        key = ".".join(location)
        if detail["type"] == "extra_forbidden" and (PREFIX + "__".join(location)).upper() in present:
            continue  # named among the unknown variables
        variable = by_key.get((location[0], location[1])) if len(location) > 1 else None
        if variable in present:
            place = f"in the environment variable {variable}"
        else:
            place = f"in {path}" if path else "in the settings"
        problems.append(
            f"{key} {place} {_meaning(detail['type'], detail['msg'], dict(detail.get('ctx', {})))}."
        )
    return problems


def _meaning(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind == "extra_forbidden":
        return "is an unknown key; config.example.toml lists all there are"
    if kind == "literal_error":
        return f"must be one of {context['expected']}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "model_type":
        return "must be a section with keys of its own"
    return f"cannot be used: {message[:1].lower()}{message[1:]}"
