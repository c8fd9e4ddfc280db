"""`gonghui createadmin`: first run makes the three administrators with one-time passwords (首次启用)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from gonghui.accounts import services
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import ADMINISTRATORS, Role
from gonghui.core.cli import Command as Base


class Command(Base):
    help = "首次启用：建立系统、安全、审计三员账号，口令只显示一次；加 --role、--username 可补建一名。"

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", choices=sorted(str(r) for r in ADMINISTRATORS), help="补建哪一员")
        parser.add_argument("--username", default="", help="登录名")
        parser.add_argument("--name", default="", help="姓名")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def run(self, *, role: str | None = None, username: str = "", name: str = "", **options: Any) -> dict[str, Any]:
        actor = Actor.system("createadmin")
        if role:
            made = [services.administrator_create(actor=actor, role=Role(role), username=username or role, name=name)]
        else:
            made = services.administrators_create(actor=actor)
        return {"accounts": [{"role": str(r), "label": r.label, "username": u.username, "password": p} for r, u, p in made]}

    def show(self, data: Any) -> None:
        for row in data["accounts"]:
            self.stdout.write(f"{row['label']}\t登录名 {row['username']}\t一次性口令 {row['password']}")
        self.stdout.write("口令只显示这一次。三人各自首次登录时改口令，并设手机动态口令。三员不能由同一人兼任。")
