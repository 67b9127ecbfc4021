"""The picture store in S3-compatible storage, with a real HTTP server that speaks S3."""

from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from backend.store.errors import ImageStoreError, NotFound
from backend.store.images import Images
from tests.servers import free_port


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", free_port())
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    client.create_bucket(Bucket="pictures")
    yield endpoint
    server.stop()


def images_at(endpoint: str, bucket: str = "pictures") -> Images:
    return Images(f"s3://{bucket}/inlay", endpoint=endpoint, access_key="k", secret_key="s")


def test_what_was_put_can_be_got_listed_and_deleted(endpoint: str):
    images = images_at(endpoint)
    images.check()
    keys = [f"jobs/a/{fence}/{name}" for fence in (1, 10) for name in ("x.png", "y.png")]
    for key in keys:
        images.put(key, key.encode() * 1000)
    images.put(keys[0], b"replaced")
    assert images.get(keys[0]) == b"replaced"
    assert sorted(images.list_prefix("jobs/")) == sorted(keys)
    images.delete(images.list_prefix("jobs/a/1/"))
    assert sorted(images.list_prefix("jobs/")) == sorted(keys[2:])
    images.delete([*keys, "jobs/none/1/x.png"])
    assert list(images.list_prefix("jobs/")) == []
    with pytest.raises(NotFound):
        images.get(keys[0])


def test_an_object_is_read_in_parts(endpoint: str):
    images = images_at(endpoint)
    images.put("jobs/c/1/x.png", b"0123456789")
    for most, first in ((4, b"0123"), (10, b"0123456789"), (99, b"0123456789")):
        assert images.begin("jobs/c/1/x.png", most) == (first, 10)
    assert images.get_part("jobs/c/1/x.png", range(4, 7)) == b"456"
    with pytest.raises(NotFound):
        images.begin("jobs/c/1/y.png", 4)


def test_more_than_one_page_is_listed_whole(endpoint: str):
    images = images_at(endpoint)
    keys = {f"jobs/b/1/{number:04}.png" for number in range(120)}
    for key in keys:
        images.put(key, b"x")
    assert set(images.list_prefix("jobs/b/1/")) == keys
    images.delete(images.list_prefix("jobs/b/1/"))


def test_a_bucket_that_is_not_there_is_not_ready(endpoint: str):
    images = images_at(endpoint, "no-such-bucket")
    with pytest.raises(ImageStoreError, match="s3://no-such-bucket/inlay does not work"):
        images.check()
    with pytest.raises(ImageStoreError):
        images.delete(images.list_prefix("jobs/a/1/"))


def test_a_key_that_is_not_ours_never_leaves_the_process(endpoint: str):
    with pytest.raises(ImageStoreError, match="not a key"):
        images_at(endpoint).get("../inlay-secrets/x")
