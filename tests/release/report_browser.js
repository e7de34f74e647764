// What must hold for reports in a real browser: node report_browser.js RIG.html FLEET.html
'use strict';
const fs = require('fs');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [rig, fleet] = process.argv.slice(2);
const PATIENCE = 240e3; // milliseconds
const PAGE_HEIGHT = 1032; // of A4 within its margins, in CSS pixels
const PAGE_WIDTH = 688;
let failures = 0;

function expect(what, good, detail) {
  if (!good) failures++;
  console.log(`${good ? 'ok' : 'FAILED'}: ${what}${good || detail === undefined ? '' : ' (' + JSON.stringify(detail) + ')'}`);
}

// Opens a page that records what must not happen: messages, dialogs, requests. A loaded machine has its
// time; nothing moves by itself, so that what is measured stays where it is.
async function open(browser, file, options) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.bad = [];
  page.on('console', (m) => page.bad.push(m.text()));
  page.on('pageerror', (e) => page.bad.push(e.message));
  page.on('dialog', (d) => { page.bad.push('dialog ' + d.message()); d.dismiss(); });
  page.on('request', (r) => { if (r.url() !== 'file://' + file) page.bad.push(r.url()); });
  await page.goto('file://' + file);
  return page;
}

// The daily values of a sensor, decoded as src/report/data.c describes them.
function decode(text, data) {
  const alphabet = [];
  for (let i = 33; i < 127; i++) if (!'"&<\\'.includes(String.fromCharCode(i))) alphabet.push(String.fromCharCode(i));
  let at = 0, median = 0;
  const next = () => {
    let value = 0, factor = 1, code;
    while ((code = alphabet.indexOf(text[at++])) >= 64) { value += (code - 64) * factor; factor *= 26; }
    return value + code * factor;
  };
  const days = {};
  for (const [, first, length] of data.cohorts) for (let d = 0; d < length; d++) {
    const step = next();
    if (step === 0) continue;
    median += (step - 1) % 2 ? -step / 2 : (step - 1) / 2;
    const low = median - next();
    days[first + d] = [low, median, median + next()];
  }
  return days;
}

function pagesOf(pdf) { return (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) || []).length; }

// What axe finds over a page. Of a fleet, the sections of a rig look like those on the page of one rig:
// there it checks what concerns the whole page, and the colours and the widths of the overview alone.
async function checkAccess(page, name, file) {
  await page.evaluate(axe); // not as a script of the page: the policy would stop it
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const found = await page.evaluate(async (runs) => ({
      over: document.documentElement.scrollWidth - innerWidth,
      violations: (await runs.reduce(async (before, [part, rules]) =>
        [...await before, ...(await window.axe.run(part, { resultTypes: ['violations'], rules })).violations], []))
        .map((v) => [v.id, v.nodes[0].html.slice(0, 100)]),
      // Only what overflows is a tab stop.
      wrong: [...document.querySelectorAll('.tw')].filter((e) => (e.scrollWidth > e.clientWidth + 1) !== (e.tabIndex === 0)).length,
    }), file === rig ? [['body', {}]] : [['#fleet', {}]].concat(width === 1440 ? [['body', { 'color-contrast': { enabled: false } }]] : []));
    expect(`${name} at ${width}: axe finds nothing`, found.violations.length === 0, found.violations);
    expect(`${name} at ${width}: nothing scrolls sideways`, found.over <= 0, found.over);
    expect(`${name} at ${width}: tables are tab stops where they overflow`, found.wrong === 0, found.wrong);
  }
}

// What a page must not do, even if somebody's text became markup: the policy stops it.
async function checkPolicy(page) {
  const script = await page.evaluate(() => [...document.scripts].filter((e) => !e.type).map((e) => e.textContent.length).join());
  expect('one script, below 10 kB', +script > 0 && +script < 10000, script);
  const stopped = await page.evaluate(() => new Promise((done) => {
    const seen = [];
    document.addEventListener('securitypolicyviolation', (e) => { if (seen.push(e.effectiveDirective) === 5) done(seen.sort()); });
    const add = (name, attributes, text) => {
      const e = Object.assign(document.createElement(name), attributes);
      e.textContent = text || '';
      document.body.append(e);
    };
    add('script', {}, 'window.ran = true');
    add('style', {}, 'body { display: none }');
    add('img', { src: 'https://example.invalid/' });
    add('iframe', { src: 'https://example.invalid/' });
    fetch('https://example.invalid/').catch(() => {});
  }));
  expect('the policy stops scripts, styles, images, frames and requests',
    stopped.join() === 'connect-src,frame-src,img-src,script-src-elem,style-src-elem', stopped);
  expect('the script that was added did not run', await page.evaluate(() => window.ran === undefined));
}

// By Tab alone: the link past the navigation, then each control, then the charts.
async function checkTab(page) {
  const at = () => page.evaluate(() => { const e = document.activeElement; return e.dataset.z || e.classList[0] || e.tagName; });
  await page.keyboard.press('Tab');
  expect('the first tab stop skips the navigation', (await at()) === 'skip' && (await page.locator('.skip').boundingBox()).x >= 0);
  const stops = [];
  for (let i = 0; i < 40 && stops[stops.length - 1] !== 'sms'; i++) {
    await page.keyboard.press('Tab');
    stops.push(await at());
  }
  expect('Tab reaches the controls and the charts', stops.slice(-7).join() === 'all,in,out,l,r,jump,sms', stops);
}

async function checkSensors(page) {
  const data = JSON.parse(await page.textContent('.data'));
  expect('17 charts of sensors and 5 strips', (await page.locator('.sm[data-s] .pl').count()) === 17 && (await page.locator('.cs .pl').count()) === 5);
  const sms = page.locator('.sms');
  await sms.focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  const status = await page.textContent('.out');
  const date = new Date((data.start + 5) * 864e5).toISOString().slice(0, 10);
  expect('the keyboard moves the cursor to day 6', status.startsWith(date + ', cohort 1, day 6 of 92'), status);
  const readouts = await page.$$eval('.sm[data-s]', (list) => Object.fromEntries(list.map((e) => [e.dataset.s, e.querySelector('.ro').textContent])));
  for (const sensor of data.sensors) {
    const [low, median, high] = decode(sensor.v, data)[5].map((v) => (v / 10 ** sensor.d).toFixed(sensor.d).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ','));
    const readout = readouts[sensor.i].replace(/−/g, '-').trim();
    expect(`${sensor.n} on that day`, readout.startsWith(`${median} ${sensor.u}`) && readout.includes(`${low} to ${high}`), [readout, low, median, high]);
  }
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const boxes = await page.$$eval('.sm .z', (list) => [...new Set(list.map((z) => z.getAttribute('viewBox').split(' ').filter((v, i) => i % 2 === 0).join(' ')))]);
  expect('all charts zoom together', boxes.length === 1 && +boxes[0].split(' ')[1] === 69, boxes);
  expect('a zoomed chart has a scale of its own', (await page.textContent('.sm[data-s="0"] .yx')) !== '' && await page.$eval('.sm[data-s="0"] .m', (m) => m.getAttribute('d').includes('H')));
  await page.fill('.jump', '2008-08-01');
  await page.keyboard.press('Enter');
  expect('a date can be reached', (await page.textContent('.out')).startsWith('2008-08-01, cohort 2'), await page.textContent('.out'));
  await page.fill('.jump', 'soon');
  await page.keyboard.press('Enter');
  expect('another text is refused', (await page.textContent('.out')).startsWith('A date from'));
  await page.locator('.sm[data-s="9"] .pl').hover({ position: { x: 300, y: 40 } });
  expect('the mouse moves the cursor of every chart', (await page.locator('.cur[visibility=visible]').count()) === 22);
  await sms.focus();
  await page.keyboard.press('Escape');
  const widthOfView = () => page.$eval('.z', (z) => +z.getAttribute('viewBox').split(' ')[2]);
  await page.$eval('.sm[data-s="9"] .pl', (e) => {
    const box = e.getBoundingClientRect();
    const send = (type, pointerId, x) => e.dispatchEvent(new PointerEvent(type, { pointerId, pointerType: 'touch', clientX: box.left + x, bubbles: true }));
    send('pointerdown', 1, 200);
    send('pointerdown', 2, 250);
    send('pointermove', 2, 300);
    send('pointerup', 1, 200);
    send('pointerup', 2, 300);
  });
  expect('two fingers zoom in', (await widthOfView()) < data.days, await widthOfView());
  await page.keyboard.press('Escape');
  expect('Escape shows all', (await page.$eval('.z', (z) => z.getAttribute('viewBox'))).startsWith(`0 0 ${data.days} `));
  expect('no message, no request, nothing against the policy', page.bad.length === 0, page.bad);
  expect('the hostile name is text', (await page.textContent('.dr')).includes('<img src=x onerror=alert(1)>') && (await page.locator('img').count()) === 0);
  const load = await page.evaluate(() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd);
  console.log(`loaded in ${Math.round(load)} ms`); // no test: it depends on the machine
}

async function checkPrint(page) {
  const pages = pagesOf(await page.pdf({ preferCSSPageSize: true }));
  expect('it prints on 7 pages', pages === 7, pages);
  // A browser cuts what may not be cut only where it is higher than a page.
  await page.setViewportSize({ width: PAGE_WIDTH, height: PAGE_HEIGHT });
  await page.emulateMedia({ media: 'print' });
  const print = await page.evaluate((height) => {
    const whole = (e) => getComputedStyle(e).breakInside === 'avoid' || (e.parentElement && whole(e.parentElement));
    const shown = [...document.querySelectorAll('main *')].filter((e) => e.getClientRects().length > 0);
    return {
      cut: shown.filter((e) => e.matches('svg[role=img]') && !whole(e)).map((e) => e.outerHTML.slice(0, 80)),
      high: shown.filter((e) => getComputedStyle(e).breakInside === 'avoid' && e.getBoundingClientRect().height > height)
        .map((e) => [e.id || e.className, e.getBoundingClientRect().height]),
      first: document.querySelector('[id$=-trends]').getBoundingClientRect().top,
    };
  }, PAGE_HEIGHT);
  expect('no chart may be cut in two', print.cut.length === 0, print.cut);
  expect('what may not be cut fits on a page', print.high.length === 0, print.high);
  expect('the summary and the components fit on the first page', print.first <= PAGE_HEIGHT, print.first);
}

async function checkWithoutScript(page) {
  expect('without scripts the charts are there', (await page.locator('.sm[data-s] .m').count()) === 17);
  expect('without scripts nothing asks for them', !(await page.locator('.bar').isVisible()));
}

async function checkFleet(page) {
  expect('a row for each rig', (await page.locator('.fl tbody tr').count()) === 2);
  await page.click('.fl a >> nth=1');
  await page.waitForURL('**#r2-summary');
  expect('its name leads to its sections', page.url().endsWith('#r2-summary') && await page.locator('#r2-summary').isVisible());
  await page.locator('.sms >> nth=1').focus();
  await page.keyboard.press('Home');
  expect('only its own cursor moves', (await page.locator('.out >> nth=1').textContent()).includes('day 1 of 92') && !(await page.locator('.out >> nth=0').textContent()).includes('day 1'));
  expect('no message, no request', page.bad.length === 0, page.bad);
}

// Opens a page once for several checks.
async function visit(browser, file, options, ...checks) {
  const page = await open(browser, file, { viewport: { width: 1440, height: 900 }, ...options });
  for (const check of checks) await check(page);
  await page.context().close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'], timeout: PATIENCE });
  await Promise.all([
    visit(browser, rig, {}, checkTab, checkSensors, checkPolicy)
      .then(() => visit(browser, rig, { javaScriptEnabled: false }, checkWithoutScript, checkPrint))
      .then(() => visit(browser, fleet, {}, checkFleet, (page) => checkAccess(page, 'fleet', fleet))),
    visit(browser, rig, {}, (page) => checkAccess(page, 'rig', rig)),
  ]);
  await browser.close();
  process.exit(failures ? 1 : 0);
})().catch((e) => {
  console.log(e);
  process.exit(1);
});
