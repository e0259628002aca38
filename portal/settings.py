"""The one settings file. Every variable is read once, typed, and described in docs/reference/settings.md.

Unset DATABASE_URL, SEARCH_URL, CACHE_URL and HUB_API_URL mean the embedded parts on one machine.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from portal.installation.addresses import any_lab
from portal.installation.paths import Paths

PATHS = Paths.from_environment()
BASE_DIR = PATHS.root

PORTAL_URL = PATHS.portal_url
HUB_URL = PATHS.hub_url
LAB_ORIGINS = PATHS.lab_origins
IS_LAB_API = os.environ.get("CHENGXUE_LAB_API") == "1"
IS_HUB_API = os.environ.get("CHENGXUE_HUB_API") == "1"
IS_HTTPS = PORTAL_URL.startswith("https://")


def _secret(name: str) -> str:
    """Return a secret of this installation; outside one (tests, message extraction) a fixed harmless value."""
    file = PATHS.secrets / name
    return file.read_text(encoding="utf-8").strip() if file.is_file() else f"no-installation-{name}-" + "x" * 40


SECRET_KEY = _secret("django_secret_key")
DEBUG = False
ALLOWED_HOSTS = [urlsplit(PORTAL_URL).hostname or "localhost", "127.0.0.1"]
# A session begun on the hub's name would be sent to labs: cookies do not tell ports apart.
ALLOWED_HOSTS = [host for host in ALLOWED_HOSTS if host != urlsplit(HUB_URL).hostname]
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

# Written top-down in layer order (docs/decisions/0003-layers.md): a template or command of an upper app wins.
INSTALLED_APPS = [
    "labs.outgoing",
    "labs.grading",
    "labs.assignments",
    "labs.hub",
    "labs.datasets",
    "courses.hr",
    "courses.certification",
    "courses.learning",
    "courses.catalog",
    "courses.partners",
    "portal.knowledge",
    "portal.pages",
    "portal.exports",
    "portal.notifications",
    "portal.organizations",
    "portal.users",
    "portal.audit",
    "portal.queue",
    "search",
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.idp.oidc",
    "allauth.usersessions",
]
SITE_ID = 1

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.pages.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.pages.middleware.ErrorPageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.users.middleware.WaitingMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "portal.users.middleware.InterruptedActMiddleware",
    "portal.users.middleware.SecondFactorMiddleware",
    "portal.pages.seeing.SeeingMiddleware",
    "portal.pages.middleware.AuthoringMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
if IS_LAB_API or IS_HUB_API:
    # Each on its unix socket, under names that the public port does not answer to.
    ROOT_URLCONF = "portal.lab_api_urls" if IS_LAB_API else "portal.hub_api_urls"
    ALLOWED_HOSTS = ["lab-api", "localhost"] if IS_LAB_API else ["hub-api"]
    # A token, not a session, says who calls; allauth refuses to start without its own middleware.
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "portal.users.middleware.WaitingMiddleware",
    ]
    INSTALLED_APPS.remove("allauth.usersessions")

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.pages.context_processors.site",
            ]
        },
    }
]

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(PATHS.database_url, conn_max_age=60, conn_health_checks=True)
    if PATHS.database_url
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": PATHS.database_file,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: an accepted submission survives a power cut (docs: the record). Recursive: rows that REPLACE removes
            # from append-only tables fire their trigger too.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
        },
    }
}
if "postgresql" in DATABASES["default"]["ENGINE"]:
    # Wakes the workers of every machine; the rows of the queue stay the truth (docs/decisions/0001-queue.md).
    INSTALLED_APPS.append("procrastinate.contrib.django")
    PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
    PROCRASTINATE_ON_APP_READY = "portal.queue.procrastinate_jobs.register_tasks"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by every process: allauth keeps authorization codes and rate limits here.
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": PATHS.cache_url}
    if PATHS.cache_url
    else {
        "BACKEND": "portal.queue.cache.TruthfulDatabaseCache",
        "LOCATION": "django_cache",
        # At Django's 300 a few hundred questions would wash away limits, sign-ins under way and revocations.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Locations are texts: Wagtail hands them to a task when a file is deleted, and tasks take JSON only.
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PATHS.media), "base_url": "/media/"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    **{
        alias: {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder), "base_url": None, "file_permissions_mode": 0o600},
        }
        for alias, folder in {
            "documents": PATHS.documents,
            "submissions": PATHS.submissions,
            "releases": PATHS.releases,
            "raw": PATHS.raw,
            "certificates": PATHS.certificates,
            "exports": PATHS.exports,
        }.items()
    },
}
MEDIA_ROOT = PATHS.media
MEDIA_URL = "/media/"
STATIC_ROOT = PATHS.static
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]

AUTH_USER_MODEL = "users.User"
# One backend: a second one would hash again for names that exist, and the time would tell.
AUTHENTICATION_BACKENDS = ["portal.users.backends.CaseInsensitiveBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.users.password_rules.NoLoginName"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# The second holds what the libraries leave untranslated of their own, the third what they say in words not ours.
LOCALE_PATHS = [BASE_DIR / "portal" / part / "locale" for part in ("", "library_words", "library_words/corrected")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# Editors search in Chinese too.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.wagtail_backend"}}
WAGTAIL_SITE_NAME = "城学"
WAGTAILADMIN_BASE_URL = PORTAL_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
# Wagtail asks the world for news and pictures unless told otherwise.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "ipynb", "mp4", "pdf", "pptx", "txt", "webm", "xlsx", "zip"]

ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "portal.users.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's address is no reason to write to it
ACCOUNT_FORMS = {
    "login": "portal.users.forms.NameLoginForm",
    "change_password": "portal.users.forms.OwnPasswordForm",
}
# Passwords and slips have limits of their own (portal.users.attempts): none of them counts a place as a person.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    # One-time codes alone, after the right password: three of a million fit at a time.
    "login_failed": "5/300s/key,50/d/key",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "12/m/user",
    "reauthenticate": "10/m/user",
}
ACCOUNT_LOGOUT_ON_GET = False
MFA_ADAPTER = "portal.users.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "portal.users.one_time_codes.CodeForm",
    "reauthenticate": "portal.users.one_time_codes.CodeAgainForm",
    "activate_totp": "portal.users.one_time_codes.FirstCodeForm",
}
# There is no secret to guess, and a room signs in at once.
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}
MFA_TOTP_ISSUER = "城学 Chengxue"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT") or "0")
# A write with every page would make readers wait for writers; sessions are noted when they begin.
USERSESSIONS_TRACK_ACTIVITY = False

IDP_OIDC_ADAPTER = "portal.users.adapters.OIDCAdapter"
IDP_OIDC_PRIVATE_KEY = _secret("oidc_private_key.pem")
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = int(timedelta(minutes=5).total_seconds())
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = int(timedelta(hours=12).total_seconds())
# A refresh token that changes with each use would race with the hub's parallel refreshes.
IDP_OIDC_ROTATE_REFRESH_TOKEN = False
IDP_OIDC_RP_INITIATED_LOGOUT_ASKS_FOR_OP_LOGOUT = False

# What the search prefers among local rules: those of the province that this site serves.
OWN_PROVINCE = os.environ.get("OWN_PROVINCE", "610000")

HUB_CLIENT_SECRET = _secret("hub_client_secret")
HUB_SERVICE_TOKEN = _secret("hub_service_token")
HUB_API_URL = PATHS.hub_api_url or "http://hub/hub/api"
# On the labs' socket the kernel of the machine says from whose Lab a call comes (labs/hub/places.py).
LAB_API_KNOWS_PLACES = IS_LAB_API
HUB_SOCKET = "" if PATHS.hub_api_url else str(PATHS.hub_socket)
GRADER_SOCKET = str(PATHS.grader_socket)
# How many submissions this host's grader takes at once; the worker asks it for no more.
GRADER_PLACES = int(os.environ.get("GRADER_PLACES") or len(os.sched_getaffinity(0)))
GRADING_LEASE_SECONDS = float(os.environ.get("GRADING_LEASE_SECONDS") or 30)
# What the disk of the record keeps free: labs give way first, submissions last (portal/queue/disk.py).
DISK_RESERVE = PATHS.disk_reserve_mb << 20

# Signs the audit's newest seal once a day; the lines lie beside the database, not in it.
AUDIT_SEAL_KEY = _secret("audit_seal_key")
AUDIT_ANCHORS_FILE = str(PATHS.var / "audit" / "anchors.jsonl")

# Raw data is encrypted with this; empty (no such file) means that it is not.
_raw_key_file = Path(os.environ.get("RAW_DATA_KEY_FILE") or PATHS.secrets / "raw_data_key")
RAW_DATA_KEY = _raw_key_file.read_text(encoding="utf-8").strip() if _raw_key_file.is_file() else ""
DATASET_URL_HOSTS = tuple(host.strip() for host in os.environ.get("DATASET_URL_HOSTS", "").split(",") if host.strip())
DATASET_MAX_BYTES = int(os.environ.get("DATASET_MAX_MB", "6144")) << 20
RAW_DATA_DAYS = int(os.environ.get("RAW_DATA_DAYS", "365"))
RISK_REPORT_DAYS = int(os.environ.get("RISK_REPORT_DAYS", "365"))

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if os.environ.get("EMAIL_HOST")
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "chengxue@localhost")

# With the prefix no lab of the same domain can plant a cookie; on plain http such a domain is refused (addresses.py).
COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}chengxue"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# The sockets of labs and hub carry plain http and leave the machine nowhere.
SECURE_SSL_REDIRECT = IS_HTTPS and not (IS_LAB_API or IS_HUB_API)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
CSRF_FAILURE_VIEW = "portal.users.views.interrupted.form_refused"
SECURE_REFERRER_POLICY = "same-origin"
# Wagtail lifts this for its own preview (xframe_options_sameorigin_override).
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    # Wagtail's own screens carry inline scripts and styles; portal.pages.middleware gives them a policy of their own.
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        # Signing in on the way to a lab leads through the hub to the lab's own name.
        "form-action": [SELF, HUB_URL, any_lab(HUB_URL, LAB_ORIGINS)],
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # httpx names every address that it asks; each page that Wagtail indexes would say so several times.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("httpx", "procrastinate", "django_tasks", "wagtail", "modelsearch", "elastic_transport")
    },
}
SILENCED_SYSTEM_CHECKS = (
    # HSTS binds our own name alone: names below it, and browsers' built-in lists, are for whoever owns the domain to
    # decide; a portal on the province's first name would shut every office below it that has no certificate.
    ["security.W005", "security.W021"]
    if IS_HTTPS
    # Without https (one machine, loopback) the transport warnings do not apply.
    else ["security.W004", "security.W008", "security.W012", "security.W016"]
)
