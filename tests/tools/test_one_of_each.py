"""The rules about what only one place may do find every way of doing it, and let the owner be."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("one_of_each", ROOT / "tools/lint/one_of_each.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


one_of_each = load()
ELSEWHERE = "platform/dougong/policy/somewhere.py"

BROKEN = [
    "import flask",
    "from werkzeug.datastructures import Headers",
    "from jinja2 import Environment",
    "import wtforms.fields",
    "eval('1')",
    "exec(text)",
    "__import__(name)",
    "import os\nos.system('ls')",
    "from os import system\nsystem('ls')",
    "import pickle",
    "from pickle import loads",
    "import yaml\nyaml.load(text, Loader=L)",
    "from yaml import safe_load as read\nread(text)",
    "import jinja2\njinja2.Template(text)",
    "environment.from_string(text)",
    "factory().from_string(text)",
    "import requests",
    "import urllib.request",
    "from urllib import request",
    "from http.client import HTTPConnection",
    "import socket\nsocket.create_connection(address)",
    "from urllib3 import PoolManager",
    "import smtplib",
    "import zipfile",
    "import shutil\nshutil.unpack_archive(path)",
    "import nh3",
    "from markupsafe import Markup\nMarkup(text)",
    "import csv\ncsv.writer(file)",
    "from csv import DictWriter\nDictWriter(file, [])",
    "import xlsxwriter",
    "from sqlalchemy import text\ntext('SELECT 1')",
    "import sqlalchemy as sa\nsa.text('SELECT 1')",
    "connection.exec_driver_sql('SELECT 1')",
    "import subprocess",
    "from subprocess import run",
    "import os\nos.execv(path, [])",
    "import random",
    "from random import choice",
    "import uuid\nuuid.uuid1()",
    "import hashlib\nhashlib.md5(text)",
    "from hashlib import sha1\nsha1(text)",
    "import hashlib\nhashlib.new('md5')",
    "import ssl\nssl._create_unverified_context()",
    "client.get(address, verify=False)",
    "context.verify_mode = ssl.CERT_NONE",
    "context.check_hostname = False",
    "import socket",
    "import xml.etree.ElementTree",
    "from lxml import etree",
    "from defusedxml import ElementTree",
    "from flask import redirect",
    "from werkzeug.utils import redirect\nredirect(path)",
    "import tempfile\ntempfile.mktemp()",
    "exchange.redirect(first(data, 'next'))",
    "exchange.redirect(request.args['next'])",
    "exchange.redirect(request.args.get('next'))",
    "exchange.redirect(request.referrer)",
    "go(exchange, first(data, 'next'), said)",
    "page = f'<p>{text}</p>'",
    "page = '<b>%s</b>' % text",
    "page = '<a href=\"' + address",
    "key = 'crm.opportunity'",
    "def opportunity() -> None: ...",
]

SOUND = [
    "import csv\ncsv.reader(file)",
    "import re\nre.compile('a')",
    "import re2\nre2.compile('a')",
    "from urllib.parse import quote\nquote(path)",
    "statement.compile(dialect=dialect)",
    "import sqlalchemy\nsqlalchemy.select(table)",
    "text = value.text()",
    '"""A docstring may explain with an example: crm.opportunity."""',
    "import yaml\nyaml.dump({})",
    "import secrets\nsecrets.token_urlsafe(32)",
    "import hashlib\nhashlib.sha256(text)",
    "import tempfile\ntempfile.TemporaryDirectory()",
    "exchange.redirect(local_path(first(data, 'next')))",
    "exchange.redirect('/sign-in')",
    "go(exchange, local_path(first(data, 'next'), '/inbox'), said)",
    "client.get(address, verify=True)",
    "context.check_hostname = True",
    "text = f'{number} < {other}'",
    "text = f'{number} <{unit}>'",
]


@pytest.mark.parametrize("source", BROKEN)
def test_a_second_way_is_found(source: str) -> None:
    findings = one_of_each.check_source(ELSEWHERE, source)
    assert findings
    assert all(str(finding).startswith(f"{ELSEWHERE}:") for finding in findings)


@pytest.mark.parametrize("source", SOUND)
def test_what_is_allowed_passes(source: str) -> None:
    assert one_of_each.check_source(ELSEWHERE, source) == []


def test_the_owner_may_do_what_it_owns() -> None:
    source = "import zipfile\nzipfile.ZipFile(path)"
    assert one_of_each.check_source("platform/dougong/storage/archive.py", source) == []
    assert one_of_each.check_source("platform/dougong/storage/backup.py", source)


@pytest.mark.parametrize(
    "source", ["from dougong.records import read", "import sqlalchemy", "from dougong import storage"]
)
def test_renderers_see_screens_and_nothing_below_them(source: str) -> None:
    assert one_of_each.check_source("renderers/dougong_renderers/api/list.py", source)
    assert (
        one_of_each.check_source(
            "renderers/dougong_renderers/api/list.py", "from dougong.screens import words"
        )
        == []
    )


def test_sql_text_is_never_put_together_from_values() -> None:
    source = "from sqlalchemy import text\ntext(f'SELECT {x}')"
    assert one_of_each.check_source("platform/dougong/records/query.py", source)
    assert one_of_each.check_source("platform/dougong/records/query.py", source.replace("{x}", "1 + :x"))
    assert (
        one_of_each.check_source("platform/dougong/records/query.py", source.replace("f'SELECT {x}'", "'x'"))
        == []
    )


def test_folders_are_searched_wholly(tmp_path: Path) -> None:
    (tmp_path / "platform/dougong/deep/down").mkdir(parents=True)
    (tmp_path / "platform/dougong/deep/down/reader.py").write_text("x = 1\nimport tarfile\n")
    (finding,) = one_of_each.check_folders(tmp_path, ["platform"])
    assert str(finding).startswith("platform/dougong/deep/down/reader.py:2: tarfile")
