# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use it from other collections or standalone modules.

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t

from .._credentials import (
    FixedKeys,
    KeyPair,
    KeySource,
    first_set,
    key_pair,
    no_keys,
    pair_in,
    within,
)
from .._errors import config_error
from .._http import Http, check_endpoint, header_value
from .._key_files import KeyFiles, token_file
from .._metadata import metadata_allowed, refused_metadata
from .agency import Agency, Endpoints, Oidc, agency_from, assumed, assumed_by_token, federated_keys, oidc_keys
from .iam import Password, Place, password_token
from .metadata import instance_keys, pod_keys
from .profile import CliConfig, Profile

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
_STS_ENDPOINT = "HUAWEICLOUD_SDK_STS_ENDPOINT"
_PROFILE = "HW_PROFILE"
_FILE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
_IDP = ("HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE")
_OIDC = ("HUAWEICLOUD_OIDC_PROVIDER_URN", "HUAWEICLOUD_OIDC_AGENCY_URN")
_OIDC_TOKEN = ("HUAWEICLOUD_OIDC_ID_TOKEN", "HUAWEICLOUD_OIDC_TOKEN_FILE")
_ROLE = "HW_ASSUME_ROLE_AGENCY_NAME"


@dataclasses.dataclass(frozen=True)
class Credentials:
    """One of keys, a token, or a name and password; where it was found, and what was said there of the place to ask.

    ``region`` is the one to call, found already; ``project_id`` and ``iam_endpoint`` stood beside the keys.
    """

    source: str
    keys: KeySource | None = None
    token: str | None = dataclasses.field(default=None, repr=False)
    password: Password | None = None
    region: str | None = None
    project_id: str | None = None
    iam_endpoint: str | None = None

    @property
    def identity(self) -> str:
        """The same for the same key, role, token or user; never shown."""
        if self.keys:
            return self.keys.identity
        if self.password:
            return f"{self.password.domain_name}/{self.password.username}"
        return self.token or ""

    def secrets(self) -> tuple[str | None, ...]:
        """Everything in it that is known by now and may never be shown."""
        keys = self.keys.secrets() if self.keys else ()
        return (*keys, self.token, self.password.password if self.password else None)


def find_credentials(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], files: KeyFiles) -> Credentials:
    """What to log in with: the first source that holds something; nothing is sent yet.

    Raises RelayError (config) for a source that is there but broken, and when no place is left to look at.
    """
    return _Search(options, environment, files).find()


class _Search:
    def __init__(self, options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], files: KeyFiles) -> None:
        self._options = options
        self._environment = environment
        self._files = files
        self._cli = functools.lru_cache(maxsize=None)(lambda: CliConfig(files, environment))
        self._looked: list[str] = []
        self._agency = agency_from(options.get("assume_role"))

    def find(self) -> Credentials:
        found = (
            self._with_region(_from_options(self._options))
            or self._from_named_profile()
            or self._from_environment()
            or self._from_current_profile()
            or self._from_file()
            or self._from_metadata()
        )
        return self._as(self._agency, found) if self._agency else found

    def _with_region(self, found: Credentials | None) -> Credentials | None:
        self._looked.append(
            "the options (access_key and secret_key, auth_token, or username, password and domain_name)"
        )
        return dataclasses.replace(found, region=self._region()) if found else None

    def _region(self, *wanted: str | None) -> str | None:
        """The region by the option, or the first of these that is there; else by the environment."""
        given = (self._options["region"], *wanted, first_set(self._environment, *_REGION)[1])
        return check_region(next((each for each in given if each), None))

    def _endpoints(self, region: str | None, iam_endpoint: str | None = None) -> Endpoints:
        options, environment = self._options, self._environment
        domain = cloud_domain(options, environment, region)
        return Endpoints(
            iam_endpoint_for(options, environment, region, domain, iam_endpoint),
            _sts_endpoint_for(options, environment, region, domain),
        )

    def _as(self, agency: Agency, found: Credentials) -> Credentials:
        """The keys of an agency that what was found assumes."""
        endpoints = self._endpoints(found.region, found.iam_endpoint)
        if found.keys:
            keys = assumed(found.keys, agency, endpoints)
        else:
            token = functools.partial(_login_token, found, endpoints)
            keys = assumed_by_token(found.source, found.identity, token, agency, endpoints)
        return _AssumedCredentials(
            source=found.source,
            keys=keys,
            region=found.region,
            project_id=found.project_id,
            iam_endpoint=found.iam_endpoint,
            base=found,
        )

    def _from_named_profile(self) -> Credentials | None:
        name = self._options.get("profile")
        name = self._environment.get(_PROFILE) or None if name is None else name
        if name is None:
            return None
        if not name:
            raise config_error("profile is empty", "name a profile of hcloud, or leave profile out")
        if not self._cli().exists:
            raise config_error(
                f"there is no profile {name!r}: {self._cli().path} does not exist",
                "make the profile with hcloud configure set",
            )
        profile = self._cli().profile(name)
        found = self._in_profile(profile, named=True)
        if found is None:
            raise config_error(f"{profile.place} holds no keys", "store keys in it with hcloud configure set")
        return found

    def _from_current_profile(self) -> Credentials | None:
        cli = self._cli()
        self._looked.append(f"hcloud's profiles in {cli.path}")
        name = cli.current() if cli.exists else None
        return self._in_profile(cli.profile(name), named=False) if name else None

    def _in_profile(self, profile: Profile, *, named: bool) -> Credentials | None:
        region = profile.text("region")
        region = self._region(region) if named else self._region(first_set(self._environment, *_REGION)[1], region)
        keys: KeySource | None
        if profile.mode == "ecsagency":
            if not metadata_allowed(self._options):
                raise refused_metadata(profile.place, "use_metadata")
            keys = instance_keys(self._environment, source="profile")
        else:
            keys = self._profile_keys(profile, region)
        if keys is None:
            return None
        return Credentials("profile", keys=keys, region=region, project_id=profile.text("projectId"))

    def _profile_keys(self, profile: Profile, region: str | None) -> KeySource | None:
        agency_name = profile.text("agencyName")
        holder = profile
        # Guess: the name of the key. KooCLI's option is cli-source-profile, "the profile with the keys of the trustee".
        trustee = profile.text("sourceProfile") if agency_name else None
        if trustee:
            holder = self._cli().profile(trustee)
        pair = holder.keys()
        if pair is None:
            if profile.mode == "sso":
                with within(profile.place):
                    raise config_error("this SSO login has left no keys", "log in: hcloud configure sso")
            return None
        keys = FixedKeys(pair)
        if not agency_name:
            return keys
        with within(profile.place):
            agency = agency_from(
                {
                    "role": agency_name,
                    "domain_name": profile.text("agencyDomainName"),
                    "domain_id": profile.text("agencyDomainId"),
                }
            )
        return assumed(keys, t.cast(Agency, agency), self._endpoints(region))

    def _from_environment(self) -> Credentials | None:
        environment = self._environment
        self._looked.append(
            "the environment (HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, HW_ACCESS_KEY and HW_SECRET_KEY, "
            "HW_AUTH_TOKEN, or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME)"
        )
        region = self._region()
        keys = self._oidc(region) or self._federated(region)
        found = Credentials("environment", keys=keys) if keys else _from_environment(environment)
        if found is None:
            return None
        found = dataclasses.replace(found, region=region, project_id=first_set(environment, *_PROJECT_ID)[1])
        agency = None if self._agency else self._environment_agency()
        return self._as(agency, found) if agency else found

    def _environment_agency(self) -> Agency | None:
        """The agency that the environment names, as Terraform's provider takes it."""
        environment = self._environment
        name = environment.get(_ROLE)
        if not name:
            return None
        with within(f"the agency of {_ROLE}"):
            return agency_from(
                {
                    "role": name,
                    "duration": _seconds(environment, "HW_ASSUME_ROLE_DURATION"),
                    "domain_name": environment.get("HW_ASSUME_ROLE_DOMAIN_NAME") or None,
                    "domain_id": environment.get("HW_ASSUME_ROLE_DOMAIN_ID") or None,
                }
            )

    def _oidc(self, region: str | None) -> KeySource | None:
        environment = self._environment
        urns = [environment.get(name) for name in _OIDC]
        variable, token = first_set(environment, *_OIDC_TOKEN)
        if not any(urns):
            return None
        lacking = [name for name, value in zip(_OIDC, urns) if not value]
        if not token:
            lacking.append(" or ".join(_OIDC_TOKEN))
        if lacking:
            raise config_error(
                f"an OIDC login is set, but not {' and '.join(lacking)}", "set all of it in the environment, or none"
            )
        wanted = environment.get("HUAWEICLOUD_OIDC_POLICY_IDS", "").split(",")
        oidc = Oidc(
            provider_urn=t.cast(str, urns[0]),
            agency_urn=t.cast(str, urns[1]),
            session_name=environment.get("HUAWEICLOUD_OIDC_SESSION_NAME") or "oidc-sts-session",
            duration=_seconds(environment, "HUAWEICLOUD_OIDC_DURATION_SECONDS") or 3600,
            policy=environment.get("HUAWEICLOUD_OIDC_POLICY") or None,
            policy_ids=tuple(each.strip() for each in wanted if each.strip()),
        )
        text = t.cast(str, token)
        if variable == _OIDC_TOKEN[0]:
            return oidc_keys(oidc, lambda: header_value(text, variable), self._endpoints(region))
        return oidc_keys(oidc, lambda: token_file(self._files, variable, text), self._endpoints(region))

    def _federated(self, region: str | None) -> KeySource | None:
        idp_id, path = (self._environment.get(name) for name in _IDP)
        # As the SDK does it: one of them alone is no login.
        if not idp_id or not path:
            return None
        idp_id = header_value(idp_id, _IDP[0])
        return federated_keys("environment", idp_id, _IDP[1], path, self._files, self._endpoints(region))

    def _from_file(self) -> Credentials | None:
        named = self._environment.get(_FILE)
        path = self._files.expand(named) if named else self._files.in_home(".huaweicloud", "credentials")
        if not named and not self._files.exists(path):
            self._looked.append(path)
            return None
        section = self._files.read_ini(path, "basic", interpolation=True)
        self._looked.append(f"[basic] in {path}")
        if section is None:
            return None
        region = self._region()
        keys: KeySource | None
        with within(f"[basic] in {path}"):
            iam_endpoint = section.get("iam_endpoint")
            if iam_endpoint:
                iam_endpoint = check_endpoint(iam_endpoint, "iam_endpoint")
            idp_id, token_path = section.get("idp_id"), section.get("id_token_file")
            if idp_id and token_path:
                endpoints = self._endpoints(region, iam_endpoint)
                idp_id = header_value(idp_id, "idp_id")
                keys = federated_keys("file", idp_id, "id_token_file", token_path, self._files, endpoints)
            else:
                pair = pair_in("file", section, "ak", "sk", "security_token")
                keys = FixedKeys(pair) if pair else None
        if keys is None:
            return None
        return Credentials(
            "file", keys=keys, region=region, project_id=section.get("project_id"), iam_endpoint=iam_endpoint
        )

    def _from_metadata(self) -> Credentials:
        if not metadata_allowed(self._options):
            raise no_keys([*self._looked, "the metadata service, which use_metadata switches off"])
        keys = pod_keys(self._environment, self._files) or instance_keys(self._environment, looked=tuple(self._looked))
        return Credentials("metadata", keys=keys, region=self._region())


@dataclasses.dataclass(frozen=True)
class _AssumedCredentials(Credentials):
    """The keys of an agency; ``base`` is what assumes it, as secret as they are."""

    base: Credentials | None = None

    def secrets(self) -> tuple[str | None, ...]:
        return (*super().secrets(), *(self.base.secrets() if self.base else ()))


def _login_token(found: Credentials, endpoints: Endpoints, http: Http) -> str:
    """The token that was found, or a new one for the account of the user that was found."""
    if found.password is None:
        return found.token or ""
    scope = {"domain": {"name": found.password.domain_name}}
    return password_token(http, endpoints.iam, found.password, scope)[0]


def _seconds(environment: t.Mapping[str, str], name: str) -> int | None:
    value = environment.get(name)
    if not value:
        return None
    if not value.isdigit() or int(value) < 1:
        raise config_error(f"{name} is no number of seconds", "give it as one, or leave it out")
    return int(value)


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
        return Credentials("environment", keys=FixedKeys(sdk_keys))
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
        found.append(Credentials(source, keys=FixedKeys(keys)))
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


def find_place(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], credentials: Credentials) -> Place:
    """Endpoints and project from the options, the credentials and the environment. Raises RelayError (config).

    The environment's project is used only with the environment's keys: another account has another project.
    """
    region = credentials.region
    domain = cloud_domain(options, environment, region)
    own = credentials.source == "environment"
    project_id = options["project_id"] or credentials.project_id
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
        iam_endpoint=iam_endpoint_for(options, environment, region, domain, credentials.iam_endpoint),
        project_id=project_id,
        project_name=project_name,
    )


def check_region(region: str | None) -> str | None:
    """The region, if it can be one. Raises RelayError (config)."""
    if region is not None and not re.fullmatch(r"[A-Za-z0-9-]{1,64}", region):
        raise config_error("region holds characters that no region's name has", "give one like cn-north-4")
    return region


def cloud_domain(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], region: str | None) -> str:
    """The domain below which this part of the cloud lives. Raises RelayError (config)."""
    given = options["cloud_domain"] or first_set(environment, *_CLOUD_DOMAIN)[1]
    if given:
        if not re.fullmatch(r"[A-Za-z0-9.-]{1,200}", given):
            raise config_error("cloud_domain is no domain", "give one like myhuaweicloud.com")
        return str(given)
    # As Terraform's provider does it.
    return "myhuaweicloud.eu" if (region or "").startswith("eu-west-1") else "myhuaweicloud.com"


def iam_endpoint_for(
    options: t.Mapping[str, t.Any],
    environment: t.Mapping[str, str],
    region: str | None,
    domain: str,
    beside_keys: str | None = None,
) -> str:
    """The base URL of IAM. Raises RelayError (config)."""
    if options["iam_endpoint"]:
        return check_endpoint(options["iam_endpoint"], "iam_endpoint")
    if beside_keys:
        return beside_keys
    name, given = first_set(environment, *_IAM_ENDPOINT)
    if given:
        return check_endpoint(re.sub(r"/v3/?$", "", given), name)
    return check_endpoint(f"https://iam.{region}.{domain}" if region else f"https://iam.{domain}")


def _sts_endpoint_for(
    options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], region: str | None, domain: str
) -> str:
    if options.get("sts_endpoint"):
        return check_endpoint(options["sts_endpoint"], "sts_endpoint")
    given = environment.get(_STS_ENDPOINT)
    if given:
        return check_endpoint(given, _STS_ENDPOINT)
    # Without a region, the one that the SDK asks.
    return check_endpoint(f"https://sts.{region or 'cn-north-4'}.{domain}")
