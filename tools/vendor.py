"""Fetch the pinned front-end files and build the icon sprite (前端第三方文件).

Reads `tools/vendor.toml`, runs `npm pack` for each package, checks its integrity hash, copies the listed files and the
licence to `gonghui/core/static/vendor/<name>-<version>/`, writes `MANIFEST.txt` with the SHA-256 of each file, and builds
`icons.svg` from the names in `tools/icons.txt`. Maintainers run it; the output is committed.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "gonghui" / "core" / "static" / "vendor"
SOURCE_MAP = re.compile(rb"^(?:/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*)\s*$", re.MULTILINE)


def integrity(path: Path) -> str:
    """The npm integrity string of a file."""
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def fetch(package: dict[str, Any], where: Path) -> Path:
    """The package's tarball, checked against its integrity hash."""
    spec = f"{package['name']}@{package['version']}"
    done = subprocess.run(["npm", "pack", "--silent", spec], cwd=where, capture_output=True, text=True, check=True)
    tarball = where / done.stdout.strip().splitlines()[-1]
    if integrity(tarball) != package["integrity"]:
        raise SystemExit(f"{spec} 的散列与 vendor.toml 不符，可能被换过。已停止。")
    return tarball


def unpack(tarball: Path, where: Path) -> Path:
    """Unpack safely; npm tarballs hold one folder, `package`."""
    with tarfile.open(tarball) as archive:
        archive.extractall(where, filter="data")
    return where / "package"


def place(package: dict[str, Any], root: Path) -> list[str]:
    """Copy the listed files and the licence; source-map comments go, since we ship no maps."""
    folder = TARGET / f"{package['name'].replace('@', '').replace('/', '-')}-{package['version']}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    licence = next(path for path in sorted(root.iterdir()) if path.name.upper().startswith("LICEN"))
    shutil.copyfile(licence, folder / "LICENSE.txt")
    for name in package.get("files", []):
        (folder / Path(name).name).write_bytes(SOURCE_MAP.sub(b"", (root / name).read_bytes()))
    return [line(path) for path in sorted(folder.iterdir())]


def line(path: Path) -> str:
    """A line of the manifest."""
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(TARGET).as_posix()}"


def icon_names() -> list[str]:
    """The names of `icons.txt`, sorted, once each."""
    rows = (HERE / "icons.txt").read_text(encoding="utf-8").splitlines()
    return sorted({name for row in rows if not row.startswith("#") for name in row.split()})


def sprite(folder: Path) -> str:
    """One `<symbol>` per icon. Unknown names stop the run."""
    if missing := [name for name in icon_names() if not (folder / f"{name}.svg").exists()]:
        raise SystemExit(f"图标库里没有：{'、'.join(missing)}。请改 tools/icons.txt。")
    symbols = [symbol(name, (folder / f"{name}.svg").read_text(encoding="utf-8")) for name in icon_names()]
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def symbol(name: str, svg: str) -> str:
    """The drawing of one icon without its comment, frame and invisible box."""
    inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    assert inner
    body = re.sub(r">\s+<", "><", inner[1].strip()).replace(" />", "/>")
    body = body.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none"/>', "")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def main() -> int:
    """Do it all."""
    packages = tomllib.loads((HERE / "vendor.toml").read_text(encoding="utf-8"))["package"]
    rows: list[str] = []
    for package in packages:
        with tempfile.TemporaryDirectory() as scratch:
            root = unpack(fetch(package, Path(scratch)), Path(scratch))
            rows += [f"# {package['name']} {package['version']} {package['licence']} {package['integrity']}", *place(package, root)]
            if "sprite" in package:
                (TARGET / "icons.svg").write_text(sprite(root / package["sprite"]), encoding="utf-8")
                rows.append(line(TARGET / "icons.svg"))
    (TARGET / "MANIFEST.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    sys.stdout.write(f"已写入 {TARGET.name}/：{len(rows)} 行清单，{len(icon_names())} 个图标。\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
