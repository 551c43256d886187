// Opens fred's documentation as a person would, tries one operation out, and
// prints what was seen as JSON: node docs.mjs URL SCREENSHOT.
import { chromium } from "playwright-core";

const [url, screenshot] = process.argv.slice(2);
const port = new URL(url).port;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // As without a network: no name but this machine's leads anywhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
  ],
});

try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1600 } });
  page.setDefaultTimeout(30_000);
  const requests = [];
  const complaints = [];
  page.on("request", (r) => requests.push({ method: r.method(), url: r.url() }));
  page.on("requestfailed", (r) => complaints.push(`${r.url()}: ${r.failure()?.errorText}`));
  page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
  page.on("pageerror", (e) => complaints.push(String(e)));

  await page.goto(url, { waitUntil: "load" });
  await page.locator(".opblock").first().waitFor();
  const operations = await page
    .locator(".opblock-summary-path")
    .evaluateAll((all) => all.map((e) => e.getAttribute("data-path") ?? e.textContent.trim()));

  const block = page.locator(".opblock", {
    has: page.locator('.opblock-summary-path[data-path="/fred/v1/kube/workloads"]'),
  });
  await block.locator(".opblock-summary-control").click();
  const tryOut = block.locator("button.try-out__btn:not(.cancel)"); // or it is open already
  if (await tryOut.count()) await tryOut.click();
  await block.locator('tr[data-param-name="all-namespaces"] select').selectOption("true");
  await block.locator("button.execute").click();
  const live = block.locator(".live-responses-table");
  await live.locator(".response-col_status").first().waitFor();
  const status = (await live.locator("tbody .response-col_status").first().innerText()).trim();
  const shown = await live.locator("tbody pre.microlight, tbody .highlight-code pre").first().innerText();
  const asked = requests.filter((r) => r.url.includes("/v1/kube/workloads")).at(-1)?.url;

  await block.scrollIntoViewIfNeeded();
  await page.screenshot({ path: screenshot });
  const elsewhere = requests
    .map((r) => r.url)
    .filter((u) => !u.startsWith(`http://localhost:${port}/`) && !u.startsWith("data:") && !u.startsWith("blob:"));
  console.log(JSON.stringify({ title: await page.title(), operations, status, shown, asked, elsewhere, complaints, requests: requests.length }));
} finally {
  await browser.close();
}
