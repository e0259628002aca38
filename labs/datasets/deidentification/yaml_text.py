"""The part of YAML that JSON can say."""

from __future__ import annotations

from typing import Any


def read_yaml(text: str) -> Any:
    """Return a YAML recipe as JSON would give it: no dates, no tags, no aliases. Raises ValueError."""
    import yaml  # only recipes in YAML need it

    class Loader(yaml.SafeLoader):
        """YAML's JSON part."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag.rsplit(":", 1)[-1] in ("bool", "int", "float", "null")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader)):
            raise ValueError("* &: YAML alias")
        return yaml.load(text, Loader)  # noqa: S506  # a subclass of SafeLoader
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
