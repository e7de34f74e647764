// What must hold for reports in a real browser: node report_browser.js RIG.html FLEET.html
'use strict';
const fs = require('fs');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [rig, fleet] = process.argv.slice(2);
let failures = 0;

function expect(what, good, detail) {
  if (!good) failures++;
  console.log(`${good ? 'ok' : 'FAILED'}: ${what}${good || detail === undefined ? '' : ' (' + JSON.stringify(detail) + ')'}`);
}

// Opens a page that records what must not happen: messages, dialogs, requests.
async function open(browser, file, options) {
  const context = await browser.newContext(options);
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

async function checkAccess(browser, name, file) {
  const page = await open(browser, file, { viewport: { width: 1440, height: 900 }, bypassCSP: true });
  await page.addScriptTag({ content: axe });
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const found = await page.evaluate(async () => ({
      over: document.documentElement.scrollWidth - innerWidth,
      violations: (await window.axe.run({ resultTypes: ['violations'] })).violations
        .map((v) => [v.id, v.nodes[0].html.slice(0, 100)]),
      // Only what overflows is a tab stop.
      wrong: [...document.querySelectorAll('.tw')].filter((e) => (e.scrollWidth > e.clientWidth + 1) !== (e.tabIndex === 0)).length,
    }));
    expect(`${name} at ${width}: axe finds nothing`, found.violations.length === 0, found.violations);
    expect(`${name} at ${width}: nothing scrolls sideways`, found.over <= 0, found.over);
    expect(`${name} at ${width}: tables are tab stops where they overflow`, found.wrong === 0, found.wrong);
  }
  await page.context().close();
}

async function checkSensors(browser) {
  const page = await open(browser, rig, { viewport: { width: 1440, height: 900 } });
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
  const chart = await page.locator('.sm[data-s="9"] .pl').boundingBox();
  await page.mouse.move(chart.x + chart.width / 2, chart.y + 10);
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
  await page.context().close();
}

async function checkPrint(browser) {
  const page = await open(browser, rig, { viewport: { width: 1024, height: 900 } });
  const pages = pagesOf(await page.pdf({ preferCSSPageSize: true }));
  expect('it prints on 6 to 9 pages', pages >= 6 && pages <= 9, pages);
  await page.context().close();
}

async function checkWithoutScript(browser) {
  const page = await open(browser, rig, { viewport: { width: 1440, height: 900 }, javaScriptEnabled: false });
  expect('without scripts the charts are there', (await page.locator('.sm[data-s] .m').count()) === 17);
  expect('without scripts nothing asks for them', !(await page.locator('.bar').isVisible()));
  await page.context().close();
}

async function checkFleet(browser) {
  const page = await open(browser, fleet, { viewport: { width: 1440, height: 900 } });
  expect('a row for each rig', (await page.locator('.fl tbody tr').count()) === 2);
  await page.click('.fl a >> nth=1');
  expect('its name leads to its sections', page.url().endsWith('#r2-summary') && await page.locator('#r2-summary').isVisible());
  await page.locator('.sms >> nth=1').focus();
  await page.keyboard.press('Home');
  expect('only its own cursor moves', (await page.locator('.out >> nth=1').textContent()).includes('day 1 of 92') && !(await page.locator('.out >> nth=0').textContent()).includes('day 1'));
  expect('no message, no request', page.bad.length === 0, page.bad);
  await page.context().close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  await checkSensors(browser);
  await checkPrint(browser);
  await checkWithoutScript(browser);
  await checkFleet(browser);
  await checkAccess(browser, 'rig', rig);
  await checkAccess(browser, 'fleet', fleet);
  await browser.close();
  process.exit(failures ? 1 : 0);
})();
