"""The tutorial of the README, carried out as a newcomer would: files, commands, a server, and a browser."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError

from tests.conftest import ROOT
from tests.docs import tutorial
from tests.docs.tutorial import Gesture, Step, edited, fits, gestures, read

PORT = 8400
ENGLISH = ROOT / "README.md"
CHINESE = ROOT / "README.zh.md"


class Shell:
    """One bash that keeps its variables from step to step, with `dougong` on its path."""

    def __init__(self, folder: Path, programs: Path, port: int) -> None:
        programs.mkdir()
        program = programs / "dougong"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dougong "$@"\n')
        program.chmod(0o755)
        roots = os.pathsep.join(str(ROOT / root) for root in ("platform", "renderers"))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOUGONG_", "LC_"))}
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self.environment = kept | {
            "PATH": path,
            "PYTHONPATH": roots,
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
        }
        self.folder, self.port, self.servers = folder, port, list[subprocess.Popen[str]]()
        self.process = self._start(["bash", "--norc"])

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def here(self, text: str) -> str:
        """A text of the README with the port of this run."""
        return text.replace(f":{PORT}", f":{self.port}").replace(f"--port {PORT}", f"--port {self.port}")

    def run(self, text: str) -> tuple[str, int]:
        """What the commands print, and the status of the last one."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f'{self.here(text)}\necho "<<<$?>>>"\n')
        self.process.stdin.flush()
        printed = ""
        for line in self.process.stdout:
            end = re.fullmatch(r"(.*)<<<(\d+)>>>\n", line)
            if end:
                return printed + end[1], int(end[2])
            printed += line
        raise AssertionError(f"the shell ended: {printed}")

    def serve(self, text: str) -> None:
        """The server of the second terminal, once it is ready."""
        server = self._start(["bash", "-c", self.here(text).strip()])
        self.servers.append(server)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert server.poll() is None, server.communicate()[0]
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the server does not answer")

    def close(self) -> None:
        for process in (*self.servers, self.process):
            process.terminate()
            try:
                process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    (tmp_path / "lending").mkdir()
    shell = Shell(tmp_path / "lending", tmp_path / "bin", free_port())
    yield shell
    shell.close()


def carry_out(step: Step, shell: Shell, page: Any) -> None:
    """Do one step and hold the README to what it promises."""
    where = f"README.md:{step.line}"
    if step.kind == "file":
        path = shell.folder / step.about
        assert not path.exists(), f"{where}: the file is written twice"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.text, encoding="utf-8")
    elif step.kind == "edit":
        path = shell.folder / step.about
        path.write_text(edited(path.read_text(encoding="utf-8"), step.text), encoding="utf-8")
    elif step.kind == "run":
        printed, status = shell.run(step.text)
        assert status == int(step.about or 0), f"{where}: {printed}"
        assert step.output is not None, f"{where}: what does it print?"
        assert fits(shell.here(step.output), printed), (
            f"{where} promises\n{step.output}\nbut printed\n{printed}"
        )
    elif step.kind == "serve":
        shell.serve(step.text)
    else:
        for gesture in gestures(step.text):
            try:
                page.wait_for_load_state("networkidle")  # a person looks before the next step
                gesticulate(gesture, shell, page)
            except PlaywrightError as error:
                shown = page.locator("body").inner_text()
                raise AssertionError(f"{where}: {gesture}: {error}\nat {page.url}:\n{shown}") from error


def gesticulate(gesture: Gesture, shell: Shell, page: Any) -> None:
    """One thing a person does in the browser."""
    if gesture.kind == "open":
        page.goto(shell.here(gesture.what))
    elif gesture.kind == "fill":
        page.get_by_label(gesture.what, exact=True).fill(gesture.value)
    elif gesture.kind == "see":
        page.get_by_text(gesture.what, exact=True).filter(visible=True).first.wait_for()
    else:
        button, link = (page.get_by_role(role, name=gesture.what, exact=True) for role in ("button", "link"))
        begins = page.get_by_role("link", name=re.compile(rf"^{re.escape(gesture.what)}\b"))
        button.or_(link).or_(begins).first.click()


def test_the_tutorial_does_what_it_says(shell: Shell, assets: Path, page: Any) -> None:
    page.set_default_timeout(20_000)
    steps = read(ENGLISH)
    assert {step.kind for step in steps} == {"file", "edit", "run", "serve", "browser"}
    for step in steps:
        carry_out(step, shell, page)


def test_the_chinese_tutorial_is_the_same() -> None:
    """The same files, commands, outputs and things to do in the browser, told in the reader's language."""
    english, chinese = read(ENGLISH), read(CHINESE)
    assert [step.kind for step in chinese] == [step.kind for step in english]
    for one, other in zip(english, chinese, strict=True):
        if one.kind == "browser":
            assert gestures(other.text) == gestures(one.text)
        else:
            assert (other.about, other.text, other.output) == (one.about, one.text, one.output)


@pytest.mark.parametrize("readme", [ENGLISH, CHINESE])
def test_every_link_leads_somewhere(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "pictures").iterdir())
    assert pictures
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG"), picture.name
        assert picture.stat().st_size <= 400_000, picture.name


def test_promises_are_compared() -> None:
    assert fits("a…c\n", "abbc")
    assert fits("{…}", '{"a":\n1}')
    assert not fits("a…c", "abbd")
    assert not fits("a.c", "abc")
    assert not fits("a", "a\nb")


def test_an_edit_of_what_does_not_stand_there_is_noticed() -> None:
    assert edited("a\nb\n", "-b\n+c\n+d\n") == "a\nc\nd\n"
    with pytest.raises(ValueError, match="is not in list"):
        edited("a\n", "-b\n+c\n")
    with pytest.raises(AssertionError, match="more than once"):
        edited("a\na\n", "-a\n+c\n")


def test_marks_are_read_strictly(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("<!-- rum -->\n```sh\nls\n```\n")
    with pytest.raises(AssertionError, match="no such mark"):
        tutorial.read(readme)
    readme.write_text("<!-- run: 1 -->\n```sh\nls x\n```\ntext\n<!-- output -->\n```text\nno\n```\n")
    assert tutorial.read(readme) == [Step("run", "1", "ls x\n", 1, "no\n")]
