"""Settings for a bot of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings


def settings_in(folder: Path) -> Settings:
    """Settings of a bot that keeps everything in `folder`."""
    return Settings.model_validate(
        {
            "storage": {"url": f"sqlite:///{folder / 'rapporteur.db'}"},
            "secrecy": {"key_dir": folder / "keys"},
        }
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)
