"""The portal as a WSGI application; with CHENGXUE_LAB_API=1 or CHENGXUE_HUB_API=1 the settings choose those addresses."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
