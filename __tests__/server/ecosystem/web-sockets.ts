import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { testCertificate } from '../../support/certificate';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const webSocketCases: CompatibilityCase[] = [
  {
    title: 'talks on the port that serves the app',
    mount: (app) => void app.get('/', (_req, res) => res.send('page')),
    check: async (client) => {
      const sockets = new WebSocketServer({ server: client.server as never });
      sockets.on('connection', (socket) => {
        socket.on('message', (message) => socket.send(message));
      });
      const { cert } = await testCertificate();
      const socket = new WebSocket(client.origin.replace('http', 'ws'), { ca: cert });
      await once(socket, 'open');
      socket.send('hello');
      const [answer] = (await once(socket, 'message')) as [Buffer];
      expect(String(answer)).toBe('hello');
      expect((await client.request()).body).toBe('page');
      socket.terminate();
      sockets.close();
    },
    httpVersion: '1.1',
  },
];

export const webSockets: readonly CompatibilityGroup[] = [{ package: 'ws', cases: webSocketCases }];
