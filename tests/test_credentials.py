import pytest

from inspector.credentials import filled_in, keepable, without_secrets
from inspector.errors import InspectorError
from inspector.sources import open_source


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("demo?rate=2", "demo?rate=2"),
        ("gige:GV01?trigger=Line1", "gige:GV01?trigger=Line1"),
        ("folder:/data/user=a", "folder:/data/user=a"),
        ("C:\\parts\\pass=1", "C:\\parts\\pass=1"),
        ("sqlite:///C:/Users/a@b/journal.db", "sqlite:///C:/Users/a@b/journal.db"),
        ("postgresql://station:hunter2@db/journal", "postgresql://station:***@db/journal"),
        ("rtsp://10.0.0.5:554/live", "rtsp://10.0.0.5:554/live"),
        ("rtsp://admin@10.0.0.5/live", "rtsp://admin@10.0.0.5/live"),
        ("rtsp://admin:hunter2@10.0.0.5:554/live", "rtsp://admin:***@10.0.0.5:554/live"),
        ("rtsp://admin:hun@ter/2?x#y@10.0.0.5/live", "rtsp://admin:***@10.0.0.5/live"),
        ("rtsp://admin:@10.0.0.5/live", "rtsp://admin:***@10.0.0.5/live"),
        ("http://cam/video?channel=2&Pwd=hunter2", "http://cam/video?channel=2&Pwd=***"),
        ("rtsp://cam/user=admin_password=hunter2_channel=1.sdp", "rtsp://cam/user=***"),
        ("rtsp://a:${CAM_1}@10.0.0.5/live", "rtsp://a:${CAM_1}@10.0.0.5/live"),
        ("http://cam/video?pwd=${CAM_1}&token=hunter2", "http://cam/video?pwd=${CAM_1}&token=***"),
        ("http://a:${CAM_1}@cam/video?token=hunter2@2", "http://a:${CAM_1}@cam/video?token=***"),
    ],
)
def test_a_kept_address_has_no_secret_but_the_name_of_one(address: str, kept: str) -> None:
    assert keepable(address) == kept
    assert keepable(kept) == kept


def test_a_secret_comes_from_the_environment_and_may_hold_any_character(monkeypatch) -> None:
    monkeypatch.setenv("CAM_1", "hun@ter/2:%")
    url = "rtsp://admin:${CAM_1}@10.0.0.5/live"
    assert filled_in(url) == "rtsp://admin:hun%40ter%2F2%3A%25@10.0.0.5/live"
    assert without_secrets(url) == "rtsp://10.0.0.5/live"
    assert open_source(url).name == "rtsp://10.0.0.5/live"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("rtsp://a:${CAM_1}@cam/x", "the environment variable CAM_1 for rtsp://cam/x is not set; set it, and start"),
        ("rtsp://a:***@cam/x", r"the password of rtsp://cam/x is kept in no file; write the address anew, or in it \$"),
        ("http://cam/x?pwd=***", r"the password of http://cam/x\?pwd=\*\*\* is kept in no file; write the address"),
    ],
)
def test_a_secret_that_is_not_to_be_had_is_told(monkeypatch, url: str, said: str) -> None:
    monkeypatch.delenv("CAM_1", raising=False)
    with pytest.raises(InspectorError, match=said):
        open_source(url)


def test_a_mistyped_address_is_told_without_its_password() -> None:
    with pytest.raises(InspectorError, match="no source 'rtps://cam/x'") as told:
        open_source("rtps://admin:hunter2@cam/x")
    assert "hunter2" not in str(told.value)
