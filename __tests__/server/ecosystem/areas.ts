import { addresses } from './addresses';
import { bodyParsers } from './body-parsers';
import type { CompatibilityGroup } from './compatibility-case';
import { expressResponses } from './express-responses';
import { files } from './files';
import { leavingClients } from './leaving-clients';
import { proxying } from './proxying';
import { requestMiddleware } from './request-middleware';
import { responseMiddleware } from './response-middleware';
import { sessions } from './sessions';
import { streaming } from './streaming';
import { webSockets } from './web-sockets';

/** Everything that is tested over every transport and under every copy of Express. */
export const areas: readonly CompatibilityGroup[] = [
  ...expressResponses,
  ...addresses,
  ...streaming,
  ...leavingClients,
  ...bodyParsers,
  ...files,
  ...sessions,
  ...responseMiddleware,
  ...requestMiddleware,
  ...proxying,
  ...webSockets,
];
