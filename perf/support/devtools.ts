import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly sessionId: string | undefined;
  resolve(result: never): void;
  reject(error: Error): void;
}

const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--window-size=1280,800',
  '--remote-debugging-port=0',
];

/**
 * Chromium, spoken to without a library: those attach to pages, and Chromium then renders no page
 * ahead (`PrerenderingDisabledByDevTools`); attached to tabs, it does.
 */
export class Devtools {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(method: string, params: Record<string, unknown>) => void>();
  #next = 1;

  private constructor(child: ChildProcess, socket: WebSocket, profile: string) {
    this.#child = child;
    this.#socket = socket;
    this.#profile = profile;
    socket.on('message', (text: Buffer) => this.#take(JSON.parse(String(text)) as Message));
  }

  /** Starts a browser that accepts the certificate with this pin. */
  static async launch(pin: string, more: readonly string[] = []): Promise<Devtools> {
    const profile = mkdtempSync(join(tmpdir(), 'delivery-browser-'));
    const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
    const trust = `--ignore-certificate-errors-spki-list=${pin}`;
    const args = [...flags, trust, ...more, `--user-data-dir=${profile}`, 'about:blank'];
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stderr.on('data', (text) => {
        said += String(text);
        const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`the browser ended: ${said}`)));
    });
    const socket = new WebSocket(address);
    await new Promise((resolve) => socket.once('open', resolve));
    return new Devtools(child, socket, profile);
  }

  send<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    const id = this.#next++;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { sessionId, resolve, reject });
    });
  }

  /** @returns Ends it. */
  listen(listener: (method: string, params: Record<string, unknown>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.send('Browser.close').catch(() => undefined);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
    this.#child.kill();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #take({ id, method, params, result, error }: Message): void {
    if (id === undefined) {
      if (method === 'Target.detachedFromTarget') this.#detached(String(params?.sessionId));
      for (const listener of this.#listeners) listener(method ?? '', params ?? {});
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result as never);
    else waiting?.reject(new Error(error.message));
  }

  /** Nobody answers any more what a page was asked that has gone. */
  #detached(sessionId: string): void {
    for (const [id, waiting] of this.#waiting) {
      if (waiting.sessionId !== sessionId) continue;
      this.#waiting.delete(id);
      waiting.reject(new Error('the page has gone'));
    }
  }
}

interface TargetInfo {
  readonly targetId: string;
  readonly type: string;
  readonly browserContextId?: string;
}

/** A window of a browser that was never here before: no cache, no cookies, no connections. */
export class FreshWindow {
  readonly #browser: Devtools;
  readonly #context: string;
  readonly #pages: string[] = [];

  private constructor(browser: Devtools, context: string) {
    this.#browser = browser;
    this.#context = context;
  }

  static async open(browser: Devtools): Promise<FreshWindow> {
    const { browserContextId: context } = await browser.send<{ browserContextId: string }>(
      'Target.createBrowserContext',
    );
    const window = new FreshWindow(browser, context);
    await browser.send('Target.createTarget', { url: 'about:blank', browserContextId: context });
    const { targetInfos } = await browser.send<{ targetInfos: TargetInfo[] }>('Target.getTargets', {
      filter: [{ type: 'tab' }],
    });
    const tab = targetInfos.find((one) => one.browserContextId === context);
    if (tab === undefined) throw new Error('the window has no tab');
    browser.listen((method, params) => window.#follow(method, params));
    const { sessionId } = await browser.send<{ sessionId: string }>('Target.attachToTarget', {
      targetId: tab.targetId,
      flatten: true,
    });
    const attach = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
    await browser.send('Target.setAutoAttach', attach, sessionId);
    return window;
  }

  async goto(url: string): Promise<void> {
    await this.#browser.send('Page.navigate', { url }, await this.#page());
  }

  /** The value of an expression in the page that is shown; promises are waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.#browser.send<{ result: { value: T }; exceptionDetails?: unknown }>(
      'Runtime.evaluate',
      { expression, returnByValue: true, awaitPromise: true },
      await this.#page(),
    );
    if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer));
    return answer.result.value;
  }

  async moveTo(x: number, y: number): Promise<void> {
    await this.#mouse('mouseMoved', x, y);
  }

  async press(x: number, y: number): Promise<void> {
    await this.#mouse('mousePressed', x, y);
    // The page may have gone before it answers: another takes its place.
    await this.#mouse('mouseReleased', x, y).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#browser.send('Target.disposeBrowserContext', { browserContextId: this.#context });
  }

  async #mouse(type: string, x: number, y: number): Promise<void> {
    const button = type === 'mouseMoved' ? {} : { button: 'left', clickCount: 1 };
    const event = { type, x, y, ...button };
    await this.#browser.send('Input.dispatchMouseEvent', event, await this.#page());
  }

  #follow(method: string, params: Record<string, unknown>): void {
    const sessionId = String(params.sessionId);
    if (method === 'Target.attachedToTarget') {
      const info = params.targetInfo as TargetInfo;
      const isMine = info.browserContextId === this.#context && info.type === 'page';
      if (isMine) this.#pages.unshift(sessionId);
    } else if (method === 'Target.detachedFromTarget') {
      const at = this.#pages.indexOf(sessionId);
      if (at >= 0) this.#pages.splice(at, 1);
    }
  }

  /** The session of the page that is shown, not of one that is rendered ahead. */
  async #page(): Promise<string> {
    for (let tries = 0; tries < 50; tries++) {
      for (const session of this.#pages) {
        const isShown = await this.#browser
          .send<{ result: { value: boolean } }>(
            'Runtime.evaluate',
            { expression: 'document.prerendering === false', returnByValue: true },
            session,
          )
          .then(({ result }) => result.value)
          .catch(() => false);
        if (isShown) return session;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('no page is shown');
  }
}
