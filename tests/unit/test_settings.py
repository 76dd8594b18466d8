"""Settings as an operator meets them: what may be set, what is said of faults, and what is never shown."""

from __future__ import annotations

import logging
import pickle
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.backends.service import Service
from bot.errors import OperatorError, SettingsError
from bot.settings import CAT_API, DISCORD_API, DOG_API, Secret, Settings, load, parse
from bot.store.engine import store_url

LONG = "0123456789abcdef0123456789abcdef"


def faults_of(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        parse(environ)
    return list(raised.value.faults)


def names(faults: list[str]) -> list[str]:
    return [fault.partition(":")[0] for fault in faults]


def test_nothing_set_is_a_sandbox_with_the_public_services() -> None:
    settings = parse({})
    assert settings == Settings()
    assert settings.sandboxed
    assert (settings.cat_api_url, settings.dog_api_url, settings.discord_api_url) == (CAT_API, DOG_API, DISCORD_API)
    assert settings.data_dir == Path("data")
    assert settings.log_level == "INFO"


def test_every_setting_can_be_set() -> None:
    settings = parse(
        {
            "DISCORD_TOKEN": "token.of.mine",
            "DISCORD_API_URL": "http://proxy:8080/api/v10",
            "DISCORD_GATEWAY_URL": "ws://proxy:8081",
            "CAT_API_URL": "http://127.0.0.1:9000/v1",
            "CAT_API_KEY": "live_cat",
            "DOG_API_URL": "https://dogs.example/v1/",
            "DOG_API_KEY": "live_dog",
            "DATA_DIR": "/srv/paw print",
            "DATABASE_URL": "postgresql://paw:secret@db/pawprint",
            "SUB_ID_SECRET": LONG,
            "GUILD_DATA_DAYS": "0",
            "SEED_REACTIONS": "on",
            "CONTACT_URL": "mailto:me@example.org",
            "SANDBOX_PORT": "0",
            "HTTP_PORT": "9100",
            "HTTP_HOST": "0.0.0.0",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "JSON",
        }
    )
    assert not settings.sandboxed
    assert settings.discord_token == Secret("token.of.mine")
    assert settings.cat_api_key is not None
    assert settings.cat_api_key.reveal() == "live_cat"
    assert settings.data_dir == Path("/srv/paw print")
    assert settings.sandbox_port == 0
    assert settings.guild_data_days == 0
    assert settings.http_port == 9100
    assert settings.log_level == "DEBUG"
    assert settings.log_format == "json"
    assert "mailto:me@example.org" in settings.user_agent
    defaults = Settings()
    assert [f for f in Settings.__struct_fields__ if getattr(settings, f) == getattr(defaults, f)] == []


@pytest.mark.parametrize(("wanted", "words"), [(True, "true 1 yes on YES True"), (False, "false 0 no off Off")])
def test_a_switch_is_turned_with_the_usual_words(wanted: bool, words: str) -> None:
    assert [parse({"SEED_REACTIONS": word}).seed_reactions for word in words.split()] == [wanted] * len(words.split())


def test_a_switch_that_is_neither_on_nor_off_is_named() -> None:
    with pytest.raises(SettingsError, match="SEED_REACTIONS: use true or false"):
        parse({"SEED_REACTIONS": "perhaps"})


@pytest.mark.parametrize("field", Settings.__struct_fields__)
@pytest.mark.parametrize("blank", ["", "   ", "\t"])
def test_a_blank_counts_as_not_set(field: str, blank: str) -> None:
    assert parse({field.upper(): blank}) == Settings()


def test_values_lose_the_blanks_around_them() -> None:
    settings = parse({"CAT_API_KEY": "  key\n", "SANDBOX_PORT": " 80 "})
    assert settings.cat_api_key == Secret("key")
    assert settings.sandbox_port == 80


def test_every_fault_is_named_at_once_in_one_sentence_each() -> None:
    faults = faults_of(
        DISCORD_TOKEN="two words",
        DISCORD_API_URL="discord.com/api",
        DISCORD_GATEWAY_URL="https://gateway",
        CAT_API_URL="https://",
        DATABASE_URL="mysql://root@db/paw",
        SUB_ID_SECRET="short",
        SANDBOX_PORT="port",
        LOG_LEVEL="loud",
    )
    assert sorted(names(faults)) == [
        "CAT_API_URL",
        "DATABASE_URL",
        "DISCORD_API_URL",
        "DISCORD_GATEWAY_URL",
        "DISCORD_TOKEN",
        "LOG_LEVEL",
        "SANDBOX_PORT",
        "SUB_ID_SECRET",
    ]
    error = SettingsError(faults)
    assert isinstance(error, OperatorError)
    assert error.exit_code == 2
    assert all(f"\n  - {fault}" in str(error) for fault in faults)


@pytest.mark.parametrize("port", ["-1", "65536", "http", "1.5", "0x50"])
@pytest.mark.parametrize("field", ["SANDBOX_PORT", "HTTP_PORT"])
def test_a_port_is_a_number_that_a_port_can_have(field: str, port: str) -> None:
    assert faults_of(**{field: port}) == [f"{field}: must be a whole number from 0 to 65535."]


@pytest.mark.parametrize("port", ["0", "1", "65535"])
def test_the_ends_of_the_range_are_ports(port: str) -> None:
    assert parse({"SANDBOX_PORT": port}).sandbox_port == int(port)


def test_a_log_level_is_named_with_those_there_are() -> None:
    assert faults_of(LOG_LEVEL="verbose") == ["LOG_LEVEL: use DEBUG, INFO, WARNING or ERROR."]


def test_a_log_format_is_named_with_those_there_are() -> None:
    assert faults_of(LOG_FORMAT="xml") == ["LOG_FORMAT: use text or json."]


@pytest.mark.parametrize("host", ["localhost", "0.0.0.0", "::", "fe80::1", "pawprint.internal"])
def test_health_and_metrics_listen_at_a_name_or_an_address(host: str) -> None:
    assert parse({"HTTP_HOST": host}).http_host == host


@pytest.mark.parametrize("host", ["http://localhost", "localhost:80", "[::1]", "a b", "/run/paw.sock"])
def test_where_they_listen_is_no_url_and_has_no_port(host: str) -> None:
    assert faults_of(HTTP_HOST=host) == ["HTTP_HOST: must be a name or an address, without a port."]


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("api.thecatapi.com/v1", "must begin with"),
        ("ftp://cats/v1", "must begin with"),
        ("https:///v1", "name a host"),
        ("http://[::1", "cannot be read"),
        ("http://cats:99999/v1", "cannot be read"),
        ("http://cats:port/v1", "cannot be read"),
        ("https://me:pass@cats/v1", "user name or password"),
        ("https://@cats/v1", "user name or password"),
        ("https://cats/v1?key=1", "must not hold a ?"),
        ("https://cats/v1#top", "must not hold a ?"),
        ("https://cats/v 1", "spaces"),
        ("https://cats/v1\r\nX-Evil: 1", "spaces"),
    ],
)
@pytest.mark.parametrize("field", ["CAT_API_URL", "DOG_API_URL", "DISCORD_API_URL"])
def test_an_address_that_cannot_be_called_is_a_fault(field: str, address: str, hint: str) -> None:
    (fault,) = faults_of(**{field: address})
    assert fault.startswith(f"{field}: ")
    assert hint in fault
    assert "pass" not in fault.replace("password", "")


def test_an_address_in_ipv6_and_with_a_port_is_fine() -> None:
    assert parse({"CAT_API_URL": "http://[::1]:9000/v1"}).cat_api_url == "http://[::1]:9000/v1"


@pytest.mark.parametrize("contact", ["mailto:", "me@example.org", "https://example.org/\nX: 1"])
def test_a_contact_is_a_page_or_a_mail_address(contact: str) -> None:
    assert names(faults_of(CONTACT_URL=contact)) == ["CONTACT_URL"]


def test_a_contact_page_may_have_a_query() -> None:
    assert "?bot=1" in parse({"CONTACT_URL": "https://example.org/?bot=1"}).user_agent


def test_a_home_folder_is_expanded_and_an_unknown_one_is_a_fault() -> None:
    assert parse({"DATA_DIR": "~/paw"}).data_dir == Path.home() / "paw"
    assert names(faults_of(DATA_DIR="~nobody-by-that-name/paw")) == ["DATA_DIR"]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@db/paw", "postgresql+asyncpg://u:p@db/paw"),
        ("postgres://u:p@db:5433/paw", "postgresql+asyncpg://u:p@db:5433/paw"),
        ("postgresql+asyncpg://u@db/paw", "postgresql+asyncpg://u@db/paw"),
        ("sqlite:////srv/paw.sqlite3", "sqlite+aiosqlite:////srv/paw.sqlite3"),
        ("sqlite+aiosqlite:///paw.sqlite3", "sqlite+aiosqlite:///paw.sqlite3"),
    ],
)
def test_a_database_is_named_in_the_forms_people_know(given: str, used: str) -> None:
    settings = parse({"DATABASE_URL": given, "SUB_ID_SECRET": LONG})
    assert settings.database == used
    assert store_url(settings.database).render_as_string(hide_password=False) == used


@pytest.mark.parametrize("given", ["mysql://u:hunter2@db/paw", "db/paw", "sqlite://", "sqlite:///", "hunter2"])
def test_another_database_is_a_fault_that_does_not_repeat_it(given: str) -> None:
    (fault,) = faults_of(DATABASE_URL=given)
    assert fault == "DATABASE_URL: use postgresql://… or sqlite:///…."


def test_without_a_database_it_is_a_file_in_the_data_folder() -> None:
    url = store_url(parse({"DATA_DIR": "/srv/50% paw"}).database)
    assert url.database == "/srv/50% paw/pawprint.sqlite3"
    assert names(faults_of(DATA_DIR="/srv/paw?")) == ["DATA_DIR"]


def test_postgresql_needs_the_secret_that_every_process_shares() -> None:
    assert names(faults_of(DATABASE_URL="postgresql://db/paw")) == ["SUB_ID_SECRET"]
    assert parse({"DATABASE_URL": "sqlite:///paw.sqlite3"}).sub_id_secret is None


@pytest.mark.parametrize("secret", ["x", "x" * 31])
def test_a_short_secret_is_a_fault(secret: str) -> None:
    (fault,) = faults_of(SUB_ID_SECRET=secret)
    assert "32 characters" in fault


@pytest.mark.parametrize("field", ["DISCORD_TOKEN", "CAT_API_KEY", "DOG_API_KEY"])
@pytest.mark.parametrize("value", ["clé", "two words", "line\nbreak", "a\x00b"])
def test_a_key_that_no_header_can_hold_is_a_fault_that_does_not_show_it(field: str, value: str) -> None:
    (fault,) = faults_of(**{field: value})
    assert fault.startswith(f"{field}: ")
    assert value not in fault


def test_settings_are_frozen() -> None:
    settings = parse({})
    with pytest.raises(AttributeError):
        settings.log_level = "DEBUG"  # type: ignore[misc]


def secret_settings() -> tuple[Settings, list[str]]:
    hidden = {
        "DISCORD_TOKEN": "hidden-token-value",
        "CAT_API_KEY": "hidden-cat-value",
        "DOG_API_KEY": "hidden-dog-value",
        "DATABASE_URL": "postgresql://paw:hidden-password@db/paw",
        "SUB_ID_SECRET": "hidden-secret-value-of-32-letters",
    }
    return parse(hidden), ["hidden"]


def test_secrets_show_in_no_text_of_the_settings(caplog: pytest.LogCaptureFixture) -> None:
    settings, hidden = secret_settings()
    logging.getLogger("bot.test").warning("%s %r", settings, settings.cat_api_key)
    shown = [repr(settings), str(settings), f"{settings.cat_api_key}", str(msgspec.structs.asdict(settings))]
    for text in [*shown, caplog.text]:
        assert not any(word in text for word in hidden)
    assert "Secret(…)" in caplog.text


def test_the_texts_that_no_log_line_may_hold_are_known() -> None:
    settings, _ = secret_settings()
    assert set(settings.secrets) == {
        "hidden-token-value",
        "hidden-cat-value",
        "hidden-dog-value",
        "hidden-password",
        "hidden-secret-value-of-32-letters",
    }
    coded = parse({"DATABASE_URL": "postgresql://paw:p%40ss-word@db/paw", "SUB_ID_SECRET": LONG})
    assert set(coded.secrets) == {"p%40ss-word", "p@ss-word", LONG}
    several = parse({"SUB_ID_SECRET": f"1:{LONG}, 2:{LONG[::-1]}"})
    assert {LONG, LONG[::-1]} < set(several.secrets)
    assert Settings().secrets == ()


@pytest.mark.parametrize("encode", [msgspec.json.encode, msgspec.msgpack.encode, msgspec.to_builtins])
def test_secrets_cannot_be_encoded(encode: Any) -> None:
    settings, _ = secret_settings()
    with pytest.raises(TypeError) as raised:
        encode(settings)
    assert "hidden" not in str(raised.value)


def test_every_field_that_is_a_secret_in_a_text_is_one_in_type() -> None:
    named = {f for f in Settings.__struct_fields__ if f.endswith(("_token", "_key", "_secret")) or f == "database_url"}
    settings, _ = secret_settings()
    assert {f for f in Settings.__struct_fields__ if isinstance(getattr(settings, f), Secret)} == named


def test_a_fault_elsewhere_does_not_show_the_secrets() -> None:
    with pytest.raises(SettingsError) as raised:
        parse(
            {"CAT_API_KEY": "hidden-cat-value", "SUB_ID_SECRET": "hidden", "DATABASE_URL": "hidden", "LOG_LEVEL": "x"}
        )
    assert "hidden" not in f"{raised.value} {raised.value!r} {raised.value.faults}"


def test_a_key_handed_on_to_a_service_stays_hidden_there() -> None:
    settings, _ = secret_settings()
    assert settings.cat_api_key is not None
    assert "hidden" not in repr(Service("catapi", settings.cat_api_url, settings.cat_api_key.reveal()))


def test_a_secret_is_compared_by_its_text_and_survives_a_process_pool() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert pickle.loads(pickle.dumps(Secret("a"))) == Secret("a")


def env_file(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, "utf-8")
    return path


def test_the_file_is_read_below_the_environment(tmp_path: Path) -> None:
    path = env_file(tmp_path, "CAT_API_KEY=of-file\nDOG_API_KEY='of file'#\n# DATA_DIR=no\nexport SANDBOX_PORT=81\n")
    settings = load({"CAT_API_KEY": "of-environment", "DOG_API_KEY": "dog"}, path)
    assert settings.cat_api_key == Secret("of-environment")
    assert settings.dog_api_key == Secret("dog")
    assert settings.sandbox_port == 81
    assert settings.data_dir == Path("data")


def test_a_blank_in_the_environment_takes_away_what_the_file_says(tmp_path: Path) -> None:
    path = env_file(tmp_path, "DISCORD_TOKEN=token\n")
    assert not load({}, path).sandboxed
    assert load({"DISCORD_TOKEN": ""}, path).sandboxed


def test_a_file_is_not_needed(tmp_path: Path) -> None:
    assert load({}, tmp_path / ".env") == Settings()
    assert load({}, None) == Settings()


def test_dollars_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    settings = load({}, env_file(tmp_path, "\ufeffCAT_API_KEY=a$HOME${PATH}b\n"))
    assert settings.cat_api_key == Secret("a$HOME${PATH}b")


def test_a_file_that_is_no_text_is_a_fault_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"CAT_API_KEY=\xff\xfe\x00")
    with pytest.raises(SettingsError) as raised:
        load({}, path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("CAT_KEY", "CAT_API_KEY"),
        ("TOKEN", "DISCORD_TOKEN"),
        ("bot_token", "DISCORD_TOKEN"),
        ("discord_token", "DISCORD_TOKEN"),
        ("DISCORD_TOKNE", "DISCORD_TOKEN"),
        ("DOGAPI_KEY", "DOG_API_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("LOGLEVEL", "LOG_LEVEL"),
    ],
)
def test_a_slip_is_pointed_out_without_its_value(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, slip: str, meant: str
) -> None:
    load({}, env_file(tmp_path, f"{slip}=hidden\n"))
    assert f"{slip} is not a setting of Pawprint; did you mean {meant}?" in caplog.text
    assert "hidden" not in caplog.text


def test_what_is_right_or_of_another_program_is_not_pointed_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load({"CAT_KEY": "of somebody else"}, env_file(tmp_path, "CAT_API_KEY=a\nCOMPOSE_PROJECT_NAME=paw\nTZ=UTC\n"))
    assert caplog.text == ""
