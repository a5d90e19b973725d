"""Fails when code does what only one named place may do, or what no place may do.

    python tools/lint/one_of_each.py FOLDER…

Each rule names the calls and imports it is about and the modules that own them. A second HTTP client, archive reader,
sanitiser or writer of exports is a defect, because its guards would have to be written, and kept, twice.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rule:
    """Modules that may be imported and names that may be called only by the files below `owners`."""

    name: str
    modules: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place where a rule is broken."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


RULES = (
    Rule(
        "only web knows Flask",
        modules=frozenset({"flask", "flask_babel", "flask_wtf", "werkzeug"}),
        owners=(
            "platform/dougong/web/",
            "platform/dougong/assembly.py",
            "renderers/dougong_renderers/html/forms",
        ),
    ),
    Rule(
        "only the HTML renderer knows Jinja and WTForms",
        modules=frozenset({"jinja2", "wtforms"}),
        owners=("renderers/dougong_renderers/html/",),
    ),
    Rule(
        "renderers see screens and nothing below them",
        modules=frozenset(
            f"dougong.{part}"
            for part in (
                "automation",
                "jobs",
                "people",
                "policy",
                "records",
                "reports",
                "storage",
                "workflow",
            )
        )
        | {"sqlalchemy"},
        owners=("platform/",),
    ),
    Rule(
        "nothing that was read may become code",
        modules=frozenset({"code", "codeop", "marshal", "pickle", "shelve", "dill", "jsonpickle"}),
        calls=frozenset({"eval", "exec", "compile", "__import__", "os.system", "os.popen"}),
    ),
    Rule(
        "YAML is read by the strict loader",
        calls=frozenset({"yaml.load", "yaml.safe_load", "yaml.full_load", "yaml.unsafe_load"}),
        owners=("platform/dougong/definitions/",),
    ),
    Rule(
        "templates come from the package, never from a string",
        calls=frozenset({"from_string", "render_template_string", "jinja2.Template", "Template"}),
    ),
    Rule(
        "there is one outgoing HTTP client",
        modules=frozenset(
            {
                *("aiohttp", "authlib.integrations", "ftplib", "http.client", "httpx", "pycurl", "requests"),
                *("urllib.request", "urllib3", "websockets", "xmlrpc"),
            }
        ),
        calls=frozenset({"socket.create_connection"}),
        owners=("platform/dougong/outbound/client.py",),
    ),
    Rule(
        "mail leaves by one door",
        modules=frozenset({"smtplib"}),
        owners=("platform/dougong/automation/mail.py", "platform/dougong/jobs/mail.py"),
    ),
    Rule(
        "there is one archive reader",
        modules=frozenset({"tarfile", "zipfile", "py7zr", "rarfile"}),
        calls=frozenset({"shutil.unpack_archive", "shutil.make_archive"}),
        # sheet_child is a program of its own that cannot import the reader; it sees packages that the reader has unpacked once
        owners=("platform/dougong/storage/archive.py", "platform/dougong/records/sheet_child.py"),
    ),
    Rule(
        "there is one HTML sanitiser",
        modules=frozenset({"bleach", "html_sanitizer", "lxml.html.clean", "nh3"}),
        owners=("platform/dougong/fieldtypes/markup.py",),
    ),
    Rule(
        "markup is declared safe by the HTML renderer alone",
        calls=frozenset({"Markup", "markupsafe.Markup"}),
        owners=("renderers/dougong_renderers/html/",),
    ),
    Rule(
        "tables are written where formula cells are escaped",
        modules=frozenset({"openpyxl", "xlsxwriter"}),
        calls=frozenset({"csv.writer", "csv.DictWriter"}),
        owners=(
            "renderers/dougong_renderers/tables/",
            "platform/dougong/records/failed_lines.py",
        ),
    ),
    Rule(
        "SQL text is written in storage, records, expressions and the jobs' engines",
        calls=frozenset(
            {"exec_driver_sql", "literal_column", "sqlalchemy.text", "sqlalchemy.literal_column"}
        ),
        owners=tuple(f"platform/dougong/{part}/" for part in ("storage", "records", "expressions", "jobs")),
    ),
    Rule(
        "other programs are started by the readers and writers of workbooks alone",
        modules=frozenset({"subprocess", "pty", "pexpect"}),
        calls=frozenset(
            {
                f"os.{name}"
                for name in ("execv", "execve", "execvp", "fork", "posix_spawn", "spawnv", "startfile")
            }
            | {"asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"}
        ),
        owners=("platform/dougong/records/sheets.py", "renderers/dougong_renderers/tables/xlsx.py"),
    ),
    Rule(
        "what nobody may guess comes from secrets; chance that can be repeated is for the demo",
        modules=frozenset({"random", "numpy.random"}),
        calls=frozenset({"uuid.uuid1"}),
        owners=("platform/dougong/demo/",),
    ),
    Rule(
        "weak hashes and ciphers prove nothing; lists of leaked passwords are published under such sums",
        calls=frozenset({"hashlib.md5", "hashlib.sha1", "hashlib.new"}),
        owners=(
            "platform/dougong/storage/stores/s3.py",  # the checksum that stores of files ask for
            "platform/dougong/people/breached.py",
        ),
    ),
    Rule(
        "certificates are always checked",
        calls=frozenset({"ssl._create_unverified_context", "ssl.wrap_socket"}),
    ),
    Rule(
        "sockets are opened by the outgoing client; the server and the worker look at their own",
        modules=frozenset({"socket"}),
        owners=(
            "platform/dougong/outbound/",
            "platform/dougong/cli/serve.py",
            "platform/dougong/jobs/worker.py",
            "platform/dougong/web/listening.py",
            "platform/dougong/web/security.py",
        ),
    ),
    Rule(
        "XML is read by the reader of workbooks, in a process of its own and without entities",
        modules=frozenset({"xml", "lxml", "defusedxml", "xmltodict", "expat"}),
        owners=("platform/dougong/records/sheet_child.py",),
    ),
    Rule(
        "people are sent on by Exchange.redirect alone",
        modules=frozenset({"flask.redirect", "werkzeug.utils.redirect"}),
        calls=frozenset({"flask.redirect", "werkzeug.utils.redirect"}),
    ),
    Rule(
        "temporary files are made with a name that nobody knows before",
        calls=frozenset({"tempfile.mktemp", "os.tmpnam", "os.tempnam"}),
    ),
)

BUSINESS_WORDS = frozenset({"campaign", "invoice", "opportunities", "opportunity", "sales_rep"})
KNOWS_THE_DEMO = ("platform/dougong/cli.py", "platform/dougong/cli/demo.py")


def check_source(file: str, source: str) -> list[Finding]:
    """Every finding in one Python file."""
    tree = ast.parse(source, filename=file)
    imported = imported_names(tree)
    found = {
        Finding(file, line, f"{what}: {rule.name}")
        for line, what, is_import in uses(tree, imported)
        for rule in RULES
        if breaks(rule, what, is_import) and not file.startswith(rule.owners or ("\0",))
    }
    found.update(built_statements(file, tree, imported))
    found.update(unchecked_redirects(file, tree))
    found.update(built_markup(file, tree))
    found.update(unchecked_certificates(file, tree))
    if file not in KNOWS_THE_DEMO:
        found.update(business_words(file, tree))
    return sorted(found)


def breaks(rule: Rule, what: str, is_import: bool) -> bool:
    """Whether an import or a call is what the rule is about."""
    if is_import:
        return any(what == module or what.startswith(f"{module}.") for module in rule.modules)
    return what in rule.calls or what.rpartition(".")[2] in {c for c in rule.calls if c in METHODS}


METHODS = frozenset({"exec_driver_sql", "from_string"})


def imported_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: `text` → `sqlalchemy.text`."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def uses(tree: ast.Module, imported: dict[str, str]) -> Iterator[tuple[int, str, bool]]:
    """(line, dotted name, whether it is an import) of everything imported or called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, True
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module, True
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}", True
        elif isinstance(node, ast.Call):
            name = dotted(node.func)
            if name is not None:
                first, _, rest = name.partition(".")
                resolved = imported.get(first, first)
                yield node.lineno, f"{resolved}.{rest}" if rest else resolved, False


def dotted(node: ast.expr) -> str | None:
    """`a.b.c` as text; a method of anything else as its bare name with a dot before it."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner is not None else f".{node.attr}"
    return None


def built_statements(file: str, tree: ast.Module, imported: dict[str, str]) -> Iterator[Finding]:
    """SQL text that is put together from values, which is refused even where SQL text may stand."""
    if file.startswith("platform/dougong/storage/"):
        return  # the DDL of generated tables is quoted there by SQLAlchemy's own preparer
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = dotted(node.func) or ""
        resolved = imported.get(name, name)
        if resolved in {"sqlalchemy.text", "sqlalchemy.literal_column"} or name.endswith("exec_driver_sql"):
            statement = node.args[0]
            if isinstance(statement, ast.JoinedStr | ast.BinOp):
                yield Finding(file, node.lineno, f"{name}: SQL text is constant; values are bound")


ASKED = frozenset({"args", "form", "values", "referrer", "headers", "parameters", "cookies", "get", "first"})
"""Where what a request says is taken from."""


def unchecked_redirects(file: str, tree: ast.Module) -> Iterator[Finding]:
    """Addresses that a request gives and that somebody is sent to without `local_path`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (dotted(node.func) or "").rpartition(".")[2] in ("redirect", "go"):
            for argument in node.args[:2]:
                asked = (dotted(argument.func) or "") if isinstance(argument, ast.Call) else ""
                asked = (
                    asked or (dotted(argument.value) or "") if isinstance(argument, ast.Subscript) else asked
                )
                asked = asked or (dotted(argument) or "") if isinstance(argument, ast.Attribute) else asked
                if asked.rpartition(".")[2] in ASKED:
                    yield Finding(file, node.lineno, f"{asked}: people are only sent to a local_path")


MARKUP = re.compile(
    r"<(?:/?(?:a|b|body|button|div|form|h[1-6]|html|i|iframe|img|input|li|p|script|span|style|svg|table|td|tr|ul))\b"
)
DRAWS = (
    "renderers/dougong_renderers/html/",
    "renderers/dougong_renderers/diagrams/",
    "platform/dougong/fieldtypes/",
    "platform/dougong/reference/",
    "platform/dougong/records/sheet_child.py",
    "platform/dougong/people/link_mails.py",
)
"""Places that write markup: the renderers, the sanitiser of rich text, the drawings of bars, and mails, whose texts are escaped."""


def built_markup(file: str, tree: ast.Module) -> Iterator[Finding]:
    """Markup that is put together from values outside the renderers."""
    if file.startswith(DRAWS):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [each.value for each in node.values if isinstance(each, ast.Constant)]
        elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
            parts = [node.left.value]
        else:
            continue
        if any(isinstance(each, str) and MARKUP.search(each) for each in parts):
            yield Finding(file, node.lineno, "markup is drawn by templates, which escape what they are given")


def unchecked_certificates(file: str, tree: ast.Module) -> Iterator[Finding]:
    """`verify=False`, `CERT_NONE` and `check_hostname = False`, however they are written."""
    for node in ast.walk(tree):
        is_off = isinstance(node, ast.keyword) and node.arg in ("verify", "check_hostname", "verify_ssl")
        if is_off and isinstance(node.value, ast.Constant) and node.value.value is False:
            yield Finding(file, node.value.lineno, f"{node.arg}=False: certificates are always checked")
        elif isinstance(node, ast.Attribute) and node.attr == "CERT_NONE":
            yield Finding(file, node.lineno, "CERT_NONE: certificates are always checked")
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and node.value.value is False
        ):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "check_hostname":
                    yield Finding(
                        file, node.lineno, "check_hostname = False: certificates are always checked"
                    )


def business_words(file: str, tree: ast.Module) -> Iterator[Finding]:
    """Names and strings, but not docstrings, that know what a bundled app is about."""
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        words = []
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            words = [node.value]
        elif isinstance(node, ast.Name):
            words = [node.id]
        elif isinstance(node, ast.Attribute):
            words = [node.attr]
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            words = [node.name]
        for word in words:
            known = BUSINESS_WORDS.intersection({word.lower(), *word.lower().replace("/", ".").split(".")})
            for business in known:
                line = getattr(node, "lineno", 1)
                yield Finding(
                    file, line, f"{business}: code knows no word of an app; it belongs into definitions"
                )


def check_folders(root: Path, folders: list[str]) -> list[Finding]:
    """Every finding below the folders, which are given relative to `root`."""
    return [
        finding
        for folder in folders
        for path in sorted((root / folder).rglob("*.py"))
        if "node_modules" not in path.parts
        for finding in check_source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    ]


def main() -> int:
    """Prints what was found; 1 when anything was."""
    findings = check_folders(Path(__file__).resolve().parents[2], sys.argv[1:])
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
