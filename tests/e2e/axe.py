"""Ask axe-core what a page makes hard for people with a disability."""

from playwright.sync_api import Page

from tests.e2e.conftest import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
ASK = """async () => {
  const rules = { 'target-size': { enabled: true } };
  const { violations } = await axe.run(document, { rules });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}"""


# The page hears of a theme one frame later, and then fades some colours. An animation without an end does not matter.
FADED = """async () => {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const ending = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
  await Promise.all(ending.map((one) => one.finished.catch(() => null)));
}"""


def findings_in_both_themes(page: Page) -> list[str]:
    """Return the serious and critical findings of axe-core in the light theme, then in the dark one. The page stays
    dark."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(FADED)
        found += [f"{scheme}: {finding}" for finding in serious_findings(page)]
    return found


def serious_findings(page: Page) -> list[str]:
    """Return the serious and critical findings of axe-core, targets smaller than 24 px included."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # a script tag is against the page's content security policy
    return page.evaluate(ASK)
