# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import re
import typing as t

from .._credentials import KeyPair, first_set, key_pair
from .._errors import config_error
from .._http import check_endpoint, header_value

# Names: the official SDK's, then those of Terraform's provider (HW_ before OS_).
_SDK_KEYS = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN")
_ACCESS_KEY = ("HW_ACCESS_KEY", "OS_ACCESS_KEY")
_SECRET_KEY = ("HW_SECRET_KEY", "OS_SECRET_KEY")
_SECURITY_TOKEN = ("HW_SECURITY_TOKEN",)
_AUTH_TOKEN = ("HW_AUTH_TOKEN", "OS_AUTH_TOKEN")
_USERNAME = ("HW_USER_NAME", "OS_USERNAME")
_PASSWORD = ("HW_USER_PASSWORD", "OS_PASSWORD")
_DOMAIN_NAME = ("HW_DOMAIN_NAME", "OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME")
_PROJECT_ID = ("HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID", "OS_PROJECT_ID")
_PROJECT_NAME = ("HW_PROJECT_NAME", "OS_PROJECT_NAME")
_REGION = ("HW_REGION_NAME", "OS_REGION_NAME")
_CLOUD_DOMAIN = ("HW_CLOUD",)
_IAM_ENDPOINT = ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "HW_AUTH_URL", "OS_AUTH_URL")


@dataclasses.dataclass(frozen=True)
class Password:
    """An IAM user's name and password, from which a token is obtained."""

    domain_name: str
    username: str
    password: str = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Credentials:
    """One of a key pair, a token, or a name and password; and where it was found."""

    source: str
    keys: KeyPair | None = None
    token: str | None = dataclasses.field(default=None, repr=False)
    password: Password | None = None

    @property
    def identity(self) -> str:
        """The same for the same key, token or user; never shown."""
        if self.keys:
            return self.keys.access_key
        if self.password:
            return f"{self.password.domain_name}/{self.password.username}"
        return self.token or ""

    def secrets(self) -> tuple[str | None, ...]:
        """Everything in it that may never be shown."""
        keys = (self.keys.access_key, self.keys.secret_key, self.keys.session_token) if self.keys else ()
        return (*keys, self.token, self.password.password if self.password else None)


def find_credentials(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> Credentials:
    """What to log in with: the first source that holds something. Raises RelayError (config) when none does."""
    credentials = _from_options(options) or _from_environment(environment)
    if credentials:
        return credentials
    raise config_error(
        "no keys were found: not in the options (access_key and secret_key, auth_token, or username, password and "
        "domain_name), and not in the environment (HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, HW_ACCESS_KEY and "
        "HW_SECRET_KEY, HW_AUTH_TOKEN, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME)",
        "give the keys in one of these places",
    )


def _from_options(options: t.Mapping[str, t.Any]) -> Credentials | None:
    def option(name: str) -> tuple[str, str | None]:
        return name, options[name]

    found = _together(
        "options",
        key_pair("options", option("access_key"), option("secret_key"), option("session_token")),
        option("auth_token"),
        (option("domain_name"), option("username"), option("password")),
    )
    if len(found) > 1:
        raise config_error(
            "more than one way to log in is given", "give a key pair, or auth_token, or username with password"
        )
    return found[0] if found else None


def _from_environment(environment: t.Mapping[str, str]) -> Credentials | None:
    access_key, secret_key, token = _SDK_KEYS
    sdk_keys = key_pair(
        "environment",
        first_set(environment, access_key),
        first_set(environment, secret_key),
        first_set(environment, token),
    )
    if sdk_keys:
        return Credentials("environment", keys=sdk_keys)
    # As Terraform's provider does it: a token before keys, keys before a password. A domain name alone is no login.
    keys = key_pair(
        "environment",
        first_set(environment, *_ACCESS_KEY),
        first_set(environment, *_SECRET_KEY),
        first_set(environment, *_SECURITY_TOKEN),
    )
    login = (
        first_set(environment, *_DOMAIN_NAME),
        first_set(environment, *_USERNAME),
        first_set(environment, *_PASSWORD),
    )
    auth_token = first_set(environment, *_AUTH_TOKEN)
    login_wanted = not keys and not auth_token[1]
    found = _together("environment", keys, auth_token, login if login_wanted else None)
    return next((each for each in found if each.token), found[0] if found else None)


def _together(
    source: str,
    keys: KeyPair | None,
    token: tuple[str, str | None],
    login: tuple[tuple[str, str | None], ...] | None,
) -> list[Credentials]:
    found = []
    if keys:
        found.append(Credentials(source, keys=keys))
    if token[1]:
        found.append(Credentials(source, token=header_value(token[1], token[0])))
    password = _password(login) if login else None
    if password:
        found.append(Credentials(source, password=password))
    return found


def _password(login: tuple[tuple[str, str | None], ...]) -> Password | None:
    (domain, domain_name), (user, username), (word, password) = login
    if not username and not password:
        return None
    if not (domain_name and username and password):
        lacking = [name for name, value in ((domain, domain_name), (user, username), (word, password)) if not value]
        raise config_error(
            f"a login by password lacks {' and '.join(lacking)}", f"give {domain}, {user} and {word} together"
        )
    return Password(domain_name, username, password)


@dataclasses.dataclass(frozen=True)
class Place:
    """Where to ask: base URLs, and the project by its id or, to be looked up, by its name."""

    region: str | None
    endpoint: str
    iam_endpoint: str
    project_id: str | None
    project_name: str | None


def find_place(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], source: str) -> Place:
    """Endpoints and project from the options and the environment. Raises RelayError (config).

    The environment's project is used only with the environment's keys: another account has another project.
    """
    region = options["region"] or first_set(environment, *_REGION)[1]
    if region is not None and not re.fullmatch(r"[A-Za-z0-9-]{1,64}", region):
        raise config_error("region holds characters that no region's name has", "give one like cn-north-4")
    domain = _cloud_domain(options, environment, region)
    own = source == "environment"
    project_id = options["project_id"] or (first_set(environment, *_PROJECT_ID)[1] if own else None)
    if project_id is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", project_id):
        raise config_error("project_id holds characters that no project's id has", "copy it from the console")
    project_name = (first_set(environment, *_PROJECT_NAME)[1] if own else None) or region
    if not region and not options["endpoint"]:
        raise config_error("neither region nor endpoint is given", "give region, for instance cn-north-4")
    if not project_id and not project_name:
        raise config_error("neither region nor project_id is given", "give region, which also names the project")
    return Place(
        region=region,
        endpoint=check_endpoint(options["endpoint"] or f"https://live.{region}.{domain}"),
        iam_endpoint=_iam_endpoint(options, environment, region, domain),
        project_id=project_id,
        project_name=project_name,
    )


def _cloud_domain(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], region: str | None) -> str:
    given = options["cloud_domain"] or first_set(environment, *_CLOUD_DOMAIN)[1]
    if given:
        if not re.fullmatch(r"[A-Za-z0-9.-]{1,200}", given):
            raise config_error("cloud_domain is no domain", "give one like myhuaweicloud.com")
        return str(given)
    # As Terraform's provider does it.
    return "myhuaweicloud.eu" if (region or "").startswith("eu-west-1") else "myhuaweicloud.com"


def _iam_endpoint(
    options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], region: str | None, domain: str
) -> str:
    if options["iam_endpoint"]:
        return check_endpoint(options["iam_endpoint"], "iam_endpoint")
    name, given = first_set(environment, *_IAM_ENDPOINT)
    if given:
        return check_endpoint(re.sub(r"/v3/?$", "", given), name)
    return check_endpoint(f"https://iam.{region}.{domain}" if region else f"https://iam.{domain}")
