"""App files (附件)."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gonghui.files"
    verbose_name = "附件"

    def ready(self) -> None:
        from gonghui.files.imports import setup

        setup.ready()
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import ADMINISTRATORS, Role
        from gonghui.core import jobs as core_jobs
        from gonghui.core import menu, rotation, verify
        from gonghui.files import jobs, selectors, services
        from gonghui.files.enums import Perm

        rotation.register_sealed("files.ImportRow", {"cells": "cells", "fixes": "fixes"}, table="files.importrow")
        rotation.register_sealed("files.ImportChunk", {"sealed": "@name"}, table="files.importchunk", place="batch_id")
        business = [role for role in Role if role not in ADMINISTRATORS]
        upper = {Role.CITY, Role.ORGANISATION, Role.TOWNSHIP}
        permissions.register(Perm, {role: [p for p in Perm if role in upper or p is not Perm.EXPORT_APPROVE] for role in business})
        core_jobs.register(services.JOB, jobs.export)
        core_jobs.every("files.sweep", timedelta(hours=1), services.sweep, title="清理过期文件")
        verify.register("LED-12", "附件都在且未改动", selectors.hash_faults)
        menu.register(
            menu.Entry("files.exports", "我的导出", "file-export", "files:exports", group="文化与办公", perm=Perm.EXPORT_START, order=495)
        )
