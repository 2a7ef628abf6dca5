import { expect } from 'vitest';
import { pause, until } from './harness.ts';
import { browserTest, setStage } from './stage.ts';
import { type Done, Person, shopAround } from './person.ts';
import { installWitness, resolves, type Testimony } from './witness.ts';
import type { InteractionData } from '../src/protocol.ts';

const consequences = new Set(['navigation', 'tabSwitch']);

const stage = setStage({ settings: { captureProfile: 'events-only' } });

async function record(build: string, paymentOrigin: string, during?: () => Promise<void>): Promise<{ done: Done[]; recorded: InteractionData[]; heard: Testimony[] }> {
  const page = await stage.lab.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${stage.shop.origin}/index.html?build=${build}&payment-origin=${paymentOrigin}`);
  await page.evaluate(() => { sessionStorage.clear(); localStorage.removeItem('cart'); });
  await page.reload();
  await stage.lab.start(page);
  await pause(500);
  const person = new Person(page, 90);
  const shopping = shopAround(person, stage.shop.origin);
  await Promise.all([shopping, during?.()]);
  await pause(500);
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  await page.close();
  return { done: person.done, recorded: stage.server.interactions().filter(({ type }) => !consequences.has(type)), heard: [] };
}

/** The first difference says more than two long lists. */
function compare(done: Done[], recorded: InteractionData[]): number {
  const told = recorded.map(({ type, element }) => `${type} ${element?.name ?? element?.tag}`);
  const at = done.findIndex(({ type }, index) => recorded[index]?.type !== type);
  if (at >= 0 || recorded.length !== done.length) console.log(`first difference at ${at}:`, done.slice(Math.max(0, at - 2), at + 4), told.slice(Math.max(0, at - 2), at + 4));
  return done.filter(({ type }, index) => recorded[index]?.type === type).length;
}

browserTest('every action is recorded once, in order, with a selector that finds its element', async () => {
  const heard = await installWitness(stage.lab.context);
  const page = await stage.lab.context.newPage();
  let [total, matched, resolved, hidden] = [0, 0, 0, 0];
  for (const [build, origin] of [['a', stage.shop.origin], ['b', stage.payment.origin]] as const) {
    const { done, recorded } = await record(build, origin);
    total += done.length;
    matched += compare(done, recorded);
    expect(recorded.length).toBe(done.length);
    for (const interaction of recorded) {
      if (interaction.element?.shadowRoot === 'closed') {
        hidden += 1;
        if ((interaction.selectors?.alternatives?.length ?? 0) > 0) resolved += 1;
        continue;
      }
      // The same event was seen by both, so both tell its time, but for the rounding of two clocks.
      const testimony = heard.filter(({ at }) => Math.abs(at - interaction.timestamp) <= 3);
      const found = await Promise.all(testimony.map((each) => resolves(page, interaction, each)));
      if (found.some(Boolean)) resolved += 1;
      else console.log('no selector resolves:', build, interaction.type, interaction.element?.tag, interaction.element?.name, interaction.selectors, testimony.length);
    }
  }
  console.log(`FIGURE completeness: ${matched} of ${total} actions recorded in order; ${resolved} with a selector that finds exactly its element (${hidden} of them in closed roots, where only the recorder can look)`);
  expect(matched).toBe(total);
  expect(resolved).toBe(total);
  expect(stage.server.violations).toEqual([]);
});

browserTest('nothing is lost while the worker is killed every five seconds and the network is cut twice', async () => {
  let kills = 0;
  let isOver = false;
  const trouble = async () => {
    for (let second = 1; !isOver && second < 240; second += 1) {
      await pause(1_000);
      if (second % 5 === 0 && (await stage.lab.killWorker())) kills += 1;
      if (second === 12 || second === 27) stage.server.cut();
    }
  };
  const troubles = trouble();
  const { done, recorded } = await record('a', stage.payment.origin);
  isOver = true;
  await troubles;
  const matched = compare(done, recorded);
  console.log(`FIGURE worker killed ${kills} times, network cut twice: ${matched} of ${done.length} actions recorded in order, ${done.length - matched} lost, ${stage.server.connections} connections`);
  expect(recorded.length).toBe(done.length);
  expect(matched).toBe(done.length);
  expect(stage.server.violations).toEqual([]);
});
