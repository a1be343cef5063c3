/** Claims as a test gives them; times in seconds, as in tokens. */
export interface TestUser {
  readonly sub?: string;
  readonly scope?: string;
  readonly iat?: number;
  readonly exp?: number;
  readonly nbf?: number;
}

/** A verifier that knows tokens by heart, and counts how often it is asked. */
export class Issuer {
  readonly asked: string[] = [];
  readonly #users = new Map<string, TestUser>();

  issue(token: string, user: TestUser): string {
    this.#users.set(token, user);
    return token;
  }

  readonly verify = async (token: string): Promise<TestUser | undefined> => {
    this.asked.push(token);
    return this.#users.get(token);
  };
}

/** Answers that a test gives when it likes. */
export class SlowVerifier<T> {
  readonly asked: string[] = [];
  readonly #answers: ((value: T | Promise<T>) => void)[] = [];

  readonly verify = (token: string): Promise<T> => {
    this.asked.push(token);
    return new Promise((resolve) => this.#answers.push(resolve));
  };

  /** Resolves when it has been asked so often. */
  async until(count: number): Promise<void> {
    while (this.asked.length < count) await new Promise(setImmediate);
  }

  /** Answers the question that has waited longest. */
  answer(value: T | Promise<T>): void {
    this.#answers.shift()?.(value);
  }
}
