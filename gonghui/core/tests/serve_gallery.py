"""Serves the gallery on 127.0.0.1 (样例页服务): `python -m gonghui.core.tests.serve_gallery 8101`."""

from __future__ import annotations

import os
import sys
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application


def main() -> None:
    """Settings of the tests, without sessions and accounts."""
    os.environ |= {"GONGHUI_TESTING": "1", "DJANGO_SETTINGS_MODULE": "gonghui.settings"}
    django.setup()
    from gonghui.core.tests import gallery  # needs the app registry

    settings.ROOT_URLCONF = gallery.__name__
    settings.MIDDLEWARE = gallery.MIDDLEWARE
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
    settings.TEMPLATES[0]["OPTIONS"]["context_processors"].remove("django.contrib.auth.context_processors.auth")
    settings.DEMO, settings.SITE_OWNER = True, "江州市"
    gallery.fill_menu()
    make_server("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8101, get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    main()
