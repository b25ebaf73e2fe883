"""The key store: keys that are there while they must be, and gone when they must not."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from pathlib import Path

import pytest

from seminar.errors import Refused
from services.keys import KeyMissing, KeyStore


def key_file(keys: Path) -> Path:
    """The only file in a key folder."""
    (file,) = keys.iterdir()
    return file


def test_a_mark_is_the_hmac_of_the_voter_under_the_ballots_key(tmp_path: Path) -> None:
    """Anybody who has key and person can recompute it, and nobody without the key."""
    store = KeyStore(tmp_path)
    key_id = store.create()
    expected = hmac.new(key_file(tmp_path).read_bytes(), b"ana", hashlib.sha256).hexdigest()
    assert store.mark(key_id, "ana") == expected
    assert store.marks(key_id, ["ana", "ben"]) == {"ana": expected, "ben": store.mark(key_id, "ben")}


def test_a_key_serves_every_process_that_shares_the_folder(tmp_path: Path) -> None:
    """A restarted bot finds the same marks."""
    key_id = KeyStore(tmp_path).create()
    assert KeyStore(tmp_path).mark(key_id, "ana") == KeyStore(tmp_path).mark(key_id, "ana")


def test_one_person_has_unrelated_marks_in_two_ballots(tmp_path: Path) -> None:
    """Votes of one ballot cannot be joined to those of another."""
    store = KeyStore(tmp_path)
    assert store.mark(store.create(), "ana") != store.mark(store.create(), "ana")


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_only_the_operator_can_read_a_key(tmp_path: Path) -> None:
    """Neither folder nor file is open to other users of the machine."""
    KeyStore(tmp_path / "keys").create()
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    assert key_file(tmp_path / "keys").stat().st_mode & 0o077 == 0


def test_a_destroyed_key_is_overwritten_before_it_is_removed(tmp_path: Path) -> None:
    """A second name for the file no longer leads to the key."""
    store = KeyStore(tmp_path / "keys")
    key_id = store.create()
    secret = key_file(tmp_path / "keys").read_bytes()
    os.link(key_file(tmp_path / "keys"), tmp_path / "copy")
    store.destroy(key_id)
    assert not store.exists(key_id)
    assert (tmp_path / "copy").read_bytes() != secret


def test_a_destroyed_key_marks_nobody_and_can_be_destroyed_again(tmp_path: Path) -> None:
    """An interrupted sealing is simply done again."""
    store = KeyStore(tmp_path)
    key_id = store.create()
    store.destroy(key_id)
    store.destroy(key_id)
    with pytest.raises(KeyMissing):
        store.mark(key_id, "ana")


def test_a_damaged_key_is_refused_and_not_used(tmp_path: Path) -> None:
    """Half a key would count nobody's votes."""
    store = KeyStore(tmp_path)
    key_id = store.create()
    key_file(tmp_path).write_bytes(b"short")
    with pytest.raises(KeyMissing):
        store.marks(key_id, ["ana"])


def test_a_folder_that_cannot_be_written_refuses_in_one_sentence(tmp_path: Path) -> None:
    """The facilitator reads what is wrong; the log has the rest."""
    (tmp_path / "keys").write_text("a file where the folder should be")
    with pytest.raises(Refused, match="cannot be stored"):
        KeyStore(tmp_path / "keys").create()


@pytest.mark.parametrize("key_id", ["../../etc/passwd", "", "0" * 31, "G" * 32])
def test_an_id_that_no_key_has_leads_to_no_file(tmp_path: Path, key_id: str) -> None:
    """A tampered row of the database cannot point outside the folder."""
    with pytest.raises(ValueError, match="not the id of a key"):
        KeyStore(tmp_path).mark(key_id, "ana")


async def test_a_key_is_read_once_for_a_turn_of_the_loop_and_not_held_longer(tmp_path: Path) -> None:
    """All who click at once share a reading; in the next turn a key that is gone is gone."""
    store = KeyStore(tmp_path)
    key_id = store.create()
    mark = store.mark(key_id, "ana")
    key_file(tmp_path).unlink()
    assert store.mark(key_id, "ana") == mark
    await asyncio.sleep(0)
    with pytest.raises(KeyMissing):
        store.mark(key_id, "ana")
    key_id = store.create()
    store.mark(key_id, "ana")
    store.destroy(key_id)
    with pytest.raises(KeyMissing):
        store.mark(key_id, "ana")
