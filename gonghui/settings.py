"""All settings (设置), read from `GONGHUI_*` through `core.env`; dangerous combinations are refused by `core.checks`."""

from __future__ import annotations

from pathlib import Path

from gonghui.core import env

BASE_DIR = Path(__file__).resolve().parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR.parent / "var")
DEMO = env.flag("DEMO", default=False)
DEBUG = env.flag("DEBUG", default=False)
TESTING = env.flag("TESTING", default=False)
SECURE = env.flag("SECURE", default=not (DEMO or DEBUG or TESTING))  # TLS in front: HSTS, secure cookies

SECRETS_DIR = env.path("SECRETS_DIR", DATA_DIR / "secrets")
SECRET_KEY = env.text("SECRET_KEY", "") or env.secret_file(SECRETS_DIR / "django.key")
KEY_FILE = env.path("KEY_FILE", SECRETS_DIR / "keys.json")
CIPHER = env.text("CIPHER", "aes", choices=("aes", "sm4"))
PASSWORD_POLICY = env.text("PASSWORD_POLICY", "asvs", choices=("asvs", "djbh3"))
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver" if DEMO or DEBUG or TESTING else "")
CSRF_TRUSTED_ORIGINS = env.names("TRUSTED_ORIGINS")
SITE_NAME = env.text("SITE_NAME", "")
SITE_OWNER = env.text("SITE_OWNER", "")
SUPPORT_PHONE = env.text("SUPPORT_PHONE", "")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000")
TRUSTED_PROXIES = env.names("TRUSTED_PROXIES")

# From the lowest layer to the highest (docs/architecture.md).
GONGHUI_APPS = [
    *("core", "policy", "accounts", "files", "notices", "approvals", "documents", "people", "orgs", "figures", "members"),
    *("finance", "treasury", "spending", "income", "booking", "organising"),
    *("oversight", "services", "venues", "fieldwork", "campaigns", "benefits", "counsel", "privacy", "stats", "portal"),
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *[f"gonghui.{name}" for name in reversed(GONGHUI_APPS)],
]

MIDDLEWARE = [
    "gonghui.core.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gonghui.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gonghui.accounts.middleware.ActorMiddleware",
    "gonghui.core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "gonghui.portal.urls"
WSGI_APPLICATION = "gonghui.portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gonghui.core.context.site",
            ],
            "builtins": ["gonghui.core.templatetags.ui"],
        },
    }
]

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'gonghui.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["gonghui.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = [
    "gonghui.accounts.hashers.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Sign-in through the government's or federation's own identity provider (统一身份认证); off while the issuer is empty.
OIDC_ISSUER = env.text("OIDC_ISSUER", "")
OIDC = (
    {
        "issuer": OIDC_ISSUER,
        "client_id": env.text("OIDC_CLIENT_ID"),
        "secret": env.text("OIDC_CLIENT_SECRET"),
        "name": env.text("OIDC_NAME", "统一身份认证"),
        "claim": env.text("OIDC_CLAIM", "preferred_username"),  # which claim is the login name here
        "trusts_factor": env.flag("OIDC_TRUSTS_FACTOR", default=False),  # the provider itself asks for a second factor
    }
    if OIDC_ISSUER
    else None
)
SOCIALACCOUNT_ADAPTER = "gonghui.accounts.oidc.Adapter"
ACCOUNT_ADAPTER = "gonghui.accounts.oidc.AccountAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC["name"],
                "client_id": OIDC["client_id"],
                "secret": OIDC["secret"],
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC
        else [],
    }
}
BADGE_SECONDS = env.number("BADGE_SECONDS", 0 if TESTING else 30, least=0)  # how old the menu's counts may be
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600  # the longest a sign-in may last; accounts.sessions ends it earlier
SMS_DAILY_BUDGET = env.number("SMS_DAILY_BUDGET", 20_000, least=1)
DEMO_PASSWORD = "Jiangzhou-2025-demo"  # noqa: S105  # public by design; core.E004 keeps the demo out of production

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
FORM_RENDERER = "gonghui.core.forms.Renderer"

SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SMS_GATEWAY = env.text(
    "SMS_GATEWAY", "gonghui.notices.gateways.OutboxOnly" if DEMO or TESTING or DEBUG else "gonghui.notices.gateways.Unset"
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "gonghui.core.logs.MaskFilter"}},
    "formatters": {"line": {"()": "gonghui.core.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["mask"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
