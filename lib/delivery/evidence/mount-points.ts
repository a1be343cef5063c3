import { clientHash } from '../../prediction/client-hash';
import { DistinctClients } from '../../prediction/distinct-clients';
import { BoundedMap } from '../../util/bounded-map';

/** Apps mount tens of routers; those mounted with a parameter come in as many forms as values. */
const maxMountPoints = 500;

/** As many as must need a resource before others are told of it, by default. */
const minClients = 3;

/**
 * Which paths routers are mounted on, as opposed to paths that name a user. Express tells the
 * value of `/user/:name` where a router is mounted, never the pattern; but only a mount point
 * without parameters is visited by several clients on private pages.
 */
export class MountPoints {
  readonly #clients = new BoundedMap<DistinctClients>(maxMountPoints);

  /** A client came below `baseUrl`. True when enough others did. */
  visit(baseUrl: string, client: string): boolean {
    if (baseUrl === '') return true;
    const clients = this.#clients.use(baseUrl, () => new DistinctClients());
    clients.add(clientHash(client), minClients);
    return clients.count >= minClients;
  }
}
