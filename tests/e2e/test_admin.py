"""The administration in the studio: users, keys and the audit log."""

import json
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.axe import findings_in_both_themes, serious_findings
from tests.e2e.conftest import DESKTOP, PHONE, Keyed, Studio
from tests.e2e.hands import MINUTE, move_by_keys, stored_draft


def signed_in(page: Page, keyed: Keyed, scope: Literal["submit", "admin"]) -> None:
    page.set_default_timeout(20_000)
    page.goto(keyed[0].url)
    page.get_by_test_id("api-key").fill(keyed[1].add_key("ada", scope).secret)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("api-key")).not_to_be_visible(timeout=MINUTE)


@pytest.fixture
def page(browser: Browser, keyed: Keyed) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    signed_in(page, keyed, "admin")
    yield page
    context.close()
    assert errors == []


def open_admin(page: Page) -> None:
    page.get_by_test_id("file").click()
    page.get_by_test_id("show.admin").click()
    expect(page.get_by_test_id("user").first).to_be_visible()


def confirm(page: Page) -> None:
    page.get_by_test_id("confirm").locator("visible=true").click()
    expect(page.get_by_test_id("confirm").locator("visible=true")).to_have_count(0)


def status_of(page: Page, keyed: Keyed, key: str) -> int:
    return page.request.get(f"{keyed[0].url}/api/jobs", headers={"Authorization": f"Bearer {key}"}).status


def test_a_user_gets_a_key_uses_it_and_loses_it(page: Page, keyed: Keyed) -> None:
    open_admin(page)
    page.get_by_test_id("user-name").fill("bob")
    page.keyboard.press("Enter")
    bob = page.locator("[data-testid=user][data-user=bob]")
    expect(bob).to_contain_text("0 keys that work")

    page.get_by_test_id("tab-keys").click()
    page.get_by_test_id("key-user").select_option("bob")
    page.get_by_test_id("key-scope").select_option("read")
    page.get_by_test_id("key-label").fill("laptop")
    page.get_by_test_id("key-days").fill("30")
    page.get_by_test_id("add-key").click()
    shown = page.get_by_test_id("new-key")
    expect(shown).to_be_focused()
    secret = shown.input_value()
    assert status_of(page, keyed, secret) == 200
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("new-key")).to_have_count(0)
    assert secret not in page.content(), "a key is shown once"
    key = page.locator("[data-testid=key]", has_text="laptop")
    expect(key).to_contain_text("read: look only")
    expect(key).to_contain_text("works until")

    key.get_by_test_id("rotate-key").click()
    confirm(page)
    rotated = page.get_by_test_id("new-key").input_value()
    page.get_by_test_id("key-done").click()
    assert [status_of(page, keyed, one) for one in (secret, rotated)] == [200, 200]
    working = page.locator("[data-testid=key][data-works=true]", has_text="laptop")
    for left in (1, 0):
        working.first.get_by_test_id("revoke-key").click()
        confirm(page)
        expect(working).to_have_count(left)
    expect(page.locator("[data-testid=key][data-works=false]", has_text="laptop")).to_have_count(2)
    assert [status_of(page, keyed, one) for one in (secret, rotated)] == [401, 401]

    page.get_by_test_id("tab-audit").click()
    page.get_by_test_id("audit-who").fill("ada")
    page.get_by_test_id("audit-filter").click()
    entries = page.get_by_test_id("audit").locator("li:not([data-action=signIn])")
    expect(entries).to_have_count(5)
    actions = [entry.get_attribute("data-action") for entry in entries.all()]
    assert actions == ["revokeKey", "revokeKey", "rotateKey", "createKey", "createUser"]
    expect(entries.last).to_contain_text("bob")


def test_a_wrong_lifetime_makes_no_key_and_two_presses_make_one(page: Page) -> None:
    open_admin(page)
    page.get_by_test_id("tab-keys").click()
    made: list[str] = []
    page.on("request", lambda one: made.append(one.url) if one.method == "POST" and "/api/keys" in one.url else None)
    page.get_by_test_id("key-label").fill("for a month")
    page.get_by_test_id("key-days").fill("30d")
    page.get_by_test_id("add-key").click()
    expect(page.get_by_test_id("key-days")).to_be_focused()
    assert made == []
    page.get_by_test_id("key-days").fill("30")
    page.get_by_test_id("key-days").press("Tab")
    page.get_by_test_id("add-key").evaluate("button => { button.click(); button.click() }")
    expect(page.get_by_test_id("new-key")).to_be_visible()
    assert len(made) == 1
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as over plain HTTP
    dialog = page.get_by_role("dialog").filter(has=page.get_by_test_id("new-key"))
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("status")).to_be_visible()  # messages are in the dialog, where they can be read


def test_a_user_is_disabled_enabled_and_removed(page: Page, keyed: Keyed) -> None:
    keyed[1].add("cay")
    secret = keyed[1].add_key("cay", "submit").secret
    open_admin(page)
    cay = page.locator("[data-testid=user][data-user=cay]")
    cay.get_by_test_id("disable-user").click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("drawer")).to_be_visible()
    assert status_of(page, keyed, secret) == 200, "Escape changes nothing"
    cay.get_by_test_id("disable-user").click()
    confirm(page)
    expect(cay).to_contain_text("disabled")
    assert status_of(page, keyed, secret) == 401
    cay.get_by_test_id("disable-user").click()
    expect(cay).not_to_contain_text("disabled")
    assert status_of(page, keyed, secret) == 200
    cay.get_by_test_id("remove-user").click()
    confirm(page)
    expect(cay).to_have_count(0)
    assert status_of(page, keyed, secret) == 401


def test_what_the_server_refuses_is_said(page: Page) -> None:
    open_admin(page)
    for name, says in (("ada", "There is a user ada already"), ("not a name", "letter")):
        page.get_by_test_id("user-name").fill(name)
        page.get_by_test_id("add-user").click()
        expect(page.get_by_role("status").filter(has_text=says)).to_be_visible()
        expect(page.get_by_test_id("user-name")).to_have_value(name)


def test_an_admin_sees_and_cancels_everybodys_jobs_in_the_queue(page: Page, keyed: Keyed) -> None:
    keyed[1].add("dan")
    dan = {"Authorization": f"Bearer {keyed[1].add_key('dan', 'submit').secret}", "Content-Type": "application/json"}
    layout = {"kind": "panorama", "canvas": {"width": 128, "height": 128}, "prompt": "a desert of dan"}
    page.request.patch(f"{keyed[0].url}/api/queue/mine", headers=dan, data='{"paused": true}')
    document = json.dumps({"layout": layout, "sampling": {"model": "papercut", "steps": 2}})
    assert page.request.post(f"{keyed[0].url}/api/jobs", headers=dan, data=document).ok
    page.get_by_test_id("open-queue").click()
    expect(page.get_by_test_id("queue-empty")).to_be_visible()
    page.get_by_test_id("queue-everyone").check()
    row = page.locator("[data-testid=queue-item][data-state=queued]")
    expect(row).to_contain_text("a desert of dan")
    expect(row.locator("bdi")).to_have_text("dan")
    expect(row).to_contain_text("Paused with all jobs of this owner")
    expect(page.get_by_test_id("cancel-all")).to_have_count(0)
    assert serious_findings(page) == []
    row.get_by_test_id("queue-cancel").click()
    expect(page.locator("[data-testid=queue-item][data-state=cancelled]", has_text="dan")).to_be_visible()


def test_an_admin_puts_a_job_before_that_of_another_owner(page: Page, keyed: Keyed) -> None:
    made: list[tuple[str, dict[str, str]]] = []
    for name in ("fay", "gus"):
        keyed[1].add(name)
        secret = keyed[1].add_key(name, "submit").secret
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        page.request.patch(f"{keyed[0].url}/api/queue/mine", headers=headers, data='{"paused": true}')
        layout = {"kind": "panorama", "canvas": {"width": 128, "height": 128}, "prompt": f"a desert of {name}"}
        document = json.dumps({"layout": layout, "sampling": {"model": "papercut", "steps": 2}})
        answer = page.request.post(f"{keyed[0].url}/api/jobs", headers=headers, data=document)
        assert answer.ok
        made.append((answer.json()["id"], headers))
    page.get_by_test_id("open-queue").click()
    page.get_by_test_id("queue-everyone").check()
    owners = page.locator("[data-testid=queue-item][data-state=queued] bdi")
    expect(owners).to_have_text(["fay", "gus"])
    page.get_by_label("Move in the queue: a desert of gus").focus()
    move_by_keys(page, ("ArrowUp", 1))
    expect(owners).to_have_text(["gus", "fay"])
    page.get_by_test_id("close-drawer").click()
    page.get_by_test_id("open-queue").click()
    page.get_by_test_id("queue-everyone").check()
    expect(owners).to_have_text(["gus", "fay"])
    for id, headers in made:
        assert page.request.post(f"{keyed[0].url}/api/jobs/{id}/cancel", headers=headers).ok


def test_only_an_admin_finds_it(browser: Browser, keyed: Keyed, studio: Studio) -> None:
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    signed_in(page, keyed, "submit")
    for url in (None, studio.url):  # with a key that only submits, and on a server that asks nobody for a key
        if url is not None:
            page.goto(url)
        expect(page.get_by_test_id("generate")).to_be_enabled()
        page.get_by_test_id("file").click()
        expect(page.get_by_role("menuitem").first).to_be_visible()
        expect(page.get_by_test_id("show.admin")).to_have_count(0)
        page.keyboard.press("Escape")
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(browser: Browser, keyed: Keyed, size: ViewportSize) -> None:
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    page = context.new_page()
    signed_in(page, keyed, "admin")
    open_admin(page)
    found: dict[str, list[str]] = {}
    for part, first in (("users", "user"), ("keys", "key"), ("audit", "audit-entry")):
        page.get_by_test_id(f"tab-{part}").click()
        expect(page.get_by_test_id(first).first).to_be_visible()
        found[part] = findings_in_both_themes(page)
    page.get_by_test_id("tab-keys").click()
    page.get_by_test_id("add-key").click()
    expect(page.get_by_test_id("new-key")).to_be_visible()
    found["new key"] = findings_in_both_themes(page)
    assert {part: says for part, says in found.items() if says} == {}
    context.close()


def test_a_copy_of_a_shared_layout_opens_once_the_visitor_has_signed_in(browser: Browser, keyed: Keyed) -> None:
    studio, users = keyed
    users.add("guest")
    headers = {"Authorization": f"Bearer {users.add_key('ada', 'submit').secret}"}
    context = browser.new_context(viewport=DESKTOP)
    layout = {"kind": "texture", "canvas": {"width": 64, "height": 64, "wrap": "both"}, "prompt": "shared leaves"}
    draft = {"name": "Leaves", "document": {"layout": layout, "sampling": {"model": "papercut", "steps": 2}}}
    saved = context.request.post(f"{studio.url}/api/layouts", data=draft, headers=headers)
    assert saved.ok, saved.text()
    links = f"{studio.url}/api/layouts/{saved.json()['id']}/links"
    token = context.request.post(links, data={}, headers=headers).json()["url"].rpartition("/")[2]
    page = context.new_page()
    page.goto(f"{studio.url}/shared#{token}")
    expect(page.get_by_test_id("shared-prompt")).to_have_text("shared leaves", timeout=MINUTE)
    page.get_by_test_id("shared-copy").click()
    page.get_by_test_id("api-key").fill(users.add_key("guest", "submit").secret)
    page.keyboard.press("Enter")
    expect(page.get_by_text("A copy of the shared layout is open.")).to_be_visible(timeout=MINUTE)
    assert json.loads(stored_draft(page))["state"]["draft"]["texture"]["prompt"] == "shared leaves"
    context.close()
