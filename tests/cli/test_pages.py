"""The pages that are made from the table of options are as it is now."""

import shutil
import subprocess
from pathlib import Path

import pytest

from docs.pages import man_page, tcpdump_page
from tcptui.cli.help import obeyed_by
from tcptui.cli.options import EVERY

ROOT = Path(__file__).parents[2]
MAN = ROOT / man_page.PAGE


def test_the_page_about_tcpdump_is_that_of_the_table() -> None:
    assert (ROOT / tcpdump_page.PAGE).read_text("utf-8") == tcpdump_page.tcpdump_page()


def test_the_man_page_is_that_of_the_table() -> None:
    assert MAN.read_text("utf-8") == man_page.man_page()


@pytest.mark.skipif(not shutil.which("man"), reason="needs man")
def test_man_shows_each_option_without_a_complaint() -> None:
    shown = subprocess.run(
        ["man", "--warnings", "-l", str(MAN)],
        env={"PATH": "/usr/bin:/bin", "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"},
        capture_output=True,
        check=True,
    )
    assert shown.stderr == b""
    text = shown.stdout.decode()
    obeyed = [option for command in EVERY for option in obeyed_by(command)]
    assert [name for one in obeyed for name in one.names if name not in text] == []


@pytest.mark.skipif(not shutil.which("mandoc"), reason="needs mandoc")
def test_mandoc_finds_nothing_wrong_but_the_missing_date() -> None:
    said = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", str(MAN)], capture_output=True, text=True
    ).stdout.splitlines()
    assert [line for line in said if "missing date" not in line] == []
