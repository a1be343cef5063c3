import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServerPushOptions } from '../../lib/delivery/server-push-options';
import { IntelligentPushPredictor } from '../../lib/prediction/intelligent-push-predictor';
import { Shop } from './shop-app';
import { linkTargets, type Visitor } from './visitor';

let shop: Shop;
let predictor: IntelligentPushPredictor;

afterEach(() => shop.close());

async function open(options?: ServerPushOptions): Promise<void> {
  predictor = new IntelligentPushPredictor({ minConfidence: 0.1 });
  shop = await Shop.open({ predictor, push: true, ...options });
}

const crowd = Array.from({ length: 8 }, (_, number) => `visitor ${number}`);

/** All that the server tells one client: hints, links, promises, and the sets of rules. */
async function toldTo(one: Visitor, page: string, headers = {}): Promise<string> {
  const reply = await one.navigate(page, headers);
  const rules = /"(.*)"/.exec(String(reply.headers['speculation-rules'] ?? ''))?.[1];
  const set = rules === undefined ? '' : (await one.get(rules)).body;
  const pushed = (await Promise.all(one.pushes)).map(({ path }) => path);
  const told = [...reply.early, reply.headers].flatMap(linkTargets);
  return JSON.stringify([told, pushed, set]);
}

/** A page of secrets, however it says so, or does not. */
function addSecrets(): void {
  shop.app.get('/team/:name', (req, res) => {
    if (req.headers.cookie === undefined) res.redirect('/');
    else res.send(`<link rel=stylesheet href=/team/${req.params.name}/own.css>`);
  });
  shop.app.get('/team/:name/own.css', (req, res) => {
    if (req.headers.cookie === undefined) res.sendStatus(401);
    else res.type('css').send('secret');
  });
}

describe('two users with different permissions', () => {
  it('never learn of each other’s URLs: not by hint, rules or push, nor from the model', async () => {
    await open();
    addSecrets();
    // Many devices of many members: more than enough to be a crowd.
    for (const name of crowd) {
      const member = shop.visitor(name);
      const cookie = { cookie: 'who=alice', ':authority': 'shop.test' };
      await member.navigate('/', cookie);
      await member.navigate('/team/alice', { ...cookie, referer: 'http://shop.test/' });
      await member.load('/team/alice/own.css', 'style', '/team/alice', cookie);
      await member.load('/team/alice/own.css', 'style', '/', cookie);
    }
    for (const headers of [{}, { cookie: 'who=bob' }]) {
      for (const takesPush of [false, true]) {
        const other = shop.visitor(`other ${takesPush}`, takesPush);
        for (const page of ['/', '/team/bob']) {
          expect(await toldTo(other, page, headers)).not.toContain('alice');
        }
      }
    }
    expect(Buffer.from(predictor.snapshot()).toString('latin1')).not.toContain('alice');
  });
});

describe('a flood of forged Referers', () => {
  /** What real visitors need: `/app.css` on `/`. */
  async function teachReality(): Promise<void> {
    for (const name of crowd) {
      const one = shop.visitor(name);
      await one.navigate('/');
      await one.load('/app.css', 'style', '/');
    }
  }

  it.each([
    ['one client', () => '203.0.113.9'],
    ['one subnet', (i: number) => `203.0.113.${i % 250}`],
  ])('from %s changes nothing that real users get', async (_title, addressOf) => {
    shop = await Shop.open({ clientId: (req) => String(req.headers['user-agent']) });
    shop.app.set('trust proxy', true);
    await teachReality();
    expect(await shop.hintsFor('/')).toEqual(['/app.css']);
    const forger = shop.visitor('forger');
    for (let i = 0; i < 300; i++) {
      const forged = { 'x-forwarded-for': addressOf(i), 'user-agent': `forger ${i % 50}` };
      await forger.navigate('/', forged);
      await forger.load('/b.css', 'style', '/', { ...forged, 'sec-fetch-mode': 'cors' });
      await forger.load('/app.css', 'style', '/', { ...forged, 'sec-fetch-mode': 'cors' });
    }
    const [early] = (await shop.visitor('real').navigate('/')).early;
    expect(early?.link).toBe('</app.css>; rel=preload; as=style');
  });
});

describe('what went wrong', () => {
  it.each([404, 500])('with %i is no next page and teaches nothing', async (status) => {
    await open();
    shop.app.get('/broken', (_req, res) => void res.status(status).type('html').send('sorry'));
    for (const name of crowd) {
      const one = shop.visitor(name);
      await one.navigate('/');
      await one.navigate('/broken', { referer: 'http://shop.test/', ':authority': 'shop.test' });
      await one.load('/app.css', 'style', '/broken');
    }
    expect(await toldTo(shop.visitor('new'), '/')).not.toContain('broken');
    expect(await shop.hintsFor('/broken')).toEqual([]);
  });
});

/** A million takes a quarter of an hour: `RANDOM_URLS=1000000`. */
const randomUrls = Number(process.env.RANDOM_URLS ?? 20_000);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('memory', () => {
  it(
    `stays bounded under ${randomUrls} random URLs`,
    async () => {
      await open();
      const one = shop.visitor('random');
      const urlsAfter = async (from: number, to: number): Promise<number> => {
        for (let i = from; i < to; i += 50) {
          await Promise.all(
            Array.from({ length: 50 }, (_, k) =>
              one.navigate(`/product/${i + k}-${(i * 7919) % 104729}`),
            ),
          );
        }
        return predictor.stats.bytes;
      };
      const before = await urlsAfter(0, 10_000);
      const heapBefore = heapBytes();
      expect(await urlsAfter(10_000, randomUrls)).toBeLessThan(before * 1.5);
      expect(predictor.stats.bytes).toBeLessThan(33_554_432);
      // Every table of the manager, the routes of Express and the visitor's own connection included.
      expect(heapBytes() - heapBefore).toBeLessThan(16 * 1024 * 1024);
    },
    randomUrls * 6,
  );
});
