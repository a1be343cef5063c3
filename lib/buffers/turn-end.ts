/** What wants to be called once at the end of the current turn. */
export interface TurnTask {
  endTurn(): void;
}

/** Calls every task at the end of the turn of the event loop in which it came, all in one tick. */
export class TurnEnd {
  #tasks: TurnTask[] = [];

  add(task: TurnTask): void {
    if (this.#tasks.push(task) === 1) process.nextTick(this.#run);
  }

  readonly #run = (): void => {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task.endTurn();
  };
}
