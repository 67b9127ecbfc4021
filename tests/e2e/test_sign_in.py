"""Sign in with a key, sign out, and be signed out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import DESKTOP, Keyed

STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"


@pytest.fixture
def page(browser: Browser, keyed: Keyed) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(keyed[0].url)
    yield page
    context.close()


def sign_in(page: Page, key: str) -> None:
    page.get_by_test_id("api-key").fill(key)
    page.get_by_role("button", name="Sign in").click()


def test_the_key_becomes_a_cookie_that_no_script_reads(page: Page, keyed: Keyed) -> None:
    made = keyed[1].add_key("ada", "submit")
    sign_in(page, made.secret)
    expect(page.get_by_test_id("generate")).to_be_enabled()
    (cookie,) = page.context.cookies()
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Strict")
    assert page.evaluate("() => document.cookie") == ""
    assert made.secret not in page.evaluate(STORED)
    page.reload()
    expect(page.get_by_test_id("generate")).to_be_enabled()
    expect(page.get_by_test_id("api-key")).not_to_be_visible()
    expect(page.get_by_test_id("reconnecting")).to_have_count(0)


def test_a_wrong_key_is_refused_in_words_and_a_right_one_taken_then(page: Page, keyed: Keyed) -> None:
    sign_in(page, "inlay_wrong")
    expect(page.get_by_test_id("key-says")).to_contain_text("does not take this key")
    sign_in(page, keyed[1].add_key("ada", "submit").secret)
    expect(page.get_by_test_id("api-key")).not_to_be_visible()
    expect(page.get_by_test_id("generate")).to_be_enabled()


def test_signing_out_leaves_nothing_for_the_next_person_in_any_tab(page: Page, keyed: Keyed) -> None:
    sign_in(page, keyed[1].add_key("ada", "submit").secret)
    expect(page.get_by_test_id("generate")).to_be_enabled()
    page.get_by_test_id("prompt").first.fill("a secret garden")
    page.wait_for_function("() => JSON.stringify({...localStorage}).includes('a secret garden')")
    other = page.context.new_page()
    other.goto(keyed[0].url)
    expect(other.get_by_test_id("generate")).to_be_enabled()
    (cookie,) = page.context.cookies()
    page.get_by_test_id("file").click()
    page.get_by_test_id("session.signOut").click()
    for tab in (page, other):
        expect(tab.get_by_test_id("api-key")).to_be_visible()
        assert "garden" not in tab.evaluate(STORED)
    assert page.context.cookies() == []
    shown = {"Cookie": f"{cookie.get('name')}={cookie.get('value')}"}
    answer = page.request.get(f"{keyed[0].url}/api/session", headers=shown)
    assert answer.status == 401


def test_a_browser_whose_key_is_revoked_meanwhile_must_sign_in_again(page: Page, keyed: Keyed) -> None:
    made = keyed[1].add_key("ada", "submit")
    sign_in(page, made.secret)
    expect(page.get_by_test_id("generate")).to_be_enabled()
    page.get_by_test_id("prompt").first.fill("a draft that stays")
    keyed[1].revoke(made.key.id)
    expect(page.get_by_test_id("api-key")).to_be_visible()
    sign_in(page, keyed[1].add_key("ada", "submit").secret)
    expect(page.get_by_test_id("api-key")).not_to_be_visible()
    expect(page.get_by_test_id("prompt").first).to_have_value("a draft that stays")


def test_somebody_else_who_signs_in_later_sees_nothing_of_the_last_visitor(page: Page, keyed: Keyed) -> None:
    made = keyed[1].add_key("ada", "submit")
    sign_in(page, made.secret)
    expect(page.get_by_test_id("generate")).to_be_enabled()
    page.get_by_test_id("prompt").first.fill("a secret garden")
    page.wait_for_function("() => JSON.stringify({...localStorage}).includes('a secret garden')")
    keyed[1].revoke(made.key.id)
    expect(page.get_by_test_id("api-key")).to_be_visible()
    keyed[1].add("eve")
    sign_in(page, keyed[1].add_key("eve", "submit").secret)
    expect(page.get_by_test_id("generate")).to_be_enabled()
    expect(page.get_by_test_id("prompt").first).to_have_value("")
    assert "garden" not in page.evaluate(STORED)


def test_signing_out_where_the_server_is_out_of_reach_says_that_it_failed(page: Page, keyed: Keyed) -> None:
    sign_in(page, keyed[1].add_key("ada", "submit").secret)
    expect(page.get_by_test_id("generate")).to_be_enabled()
    page.route("**/api/session", lambda route: route.abort() if route.request.method == "DELETE" else route.continue_())
    page.get_by_test_id("file").click()
    page.get_by_test_id("session.signOut").click()
    expect(page.get_by_text("You are still signed in.")).to_be_visible()


def test_a_closed_dialog_for_the_key_stays_closed_until_the_visitor_does_something(page: Page) -> None:
    dialog = page.get_by_test_id("api-key")
    expect(dialog).to_be_visible()
    dialog.fill("half a key")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.wait_for_timeout(6_000)  # the studio asks for the queue every five seconds
    expect(dialog).not_to_be_visible()
    page.get_by_test_id("signed-out").get_by_role("button").click()
    expect(dialog).to_be_visible()


def test_a_link_to_a_layout_is_opened_after_the_sign_in(page: Page, keyed: Keyed) -> None:
    key = keyed[1].add_key("ada", "submit").secret
    document = {"layout": {"kind": "texture", "canvas": {"width": 128, "height": 128}, "prompt": "linked"}}
    document["sampling"] = {"model": "papercut"}
    headers = {"Authorization": f"Bearer {key}"}
    body = {"name": "linked", "document": document}
    layout = page.request.post(f"{keyed[0].url}/api/layouts", data=body, headers=headers).json()
    page.goto(f"{keyed[0].url}/?layout={layout['id']}")
    sign_in(page, key)
    expect(page.get_by_test_id("kind")).to_have_value("texture")
    expect(page.get_by_test_id("prompt")).to_have_value("linked")
    expect(page).to_have_url(f"{keyed[0].url}/")
