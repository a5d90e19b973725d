// A certified OpenID provider for tests: it listens on this machine and ends with its standard input.
// Its one argument is JSON: {port, client, secret, back: [addresses], after: [addresses], people: {login: claims}, keys, basic}.

import { createServer } from "node:http";
import Provider from "oidc-provider";

const asked = JSON.parse(process.argv[2]);
let answer = (request, response) => response.writeHead(503).end();
const server = createServer((request, response) => answer(request, response));

const configuration = () => ({
  clients: [
    {
      client_id: asked.client,
      client_secret: asked.secret,
      redirect_uris: asked.back,
      post_logout_redirect_uris: asked.after,
      token_endpoint_auth_method: asked.basic ? "client_secret_basic" : "client_secret_post",
    },
  ],
  clientAuthMethods: [asked.basic ? "client_secret_basic" : "client_secret_post"],
  jwks: { keys: asked.keys },
  cookies: { keys: ["only for tests"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username", "locale", "groups"] },
  findAccount: (context, login) =>
    login in asked.people
      ? { accountId: login, claims: () => ({ sub: `subject-of-${login}`, ...asked.people[login] }) }
      : undefined,
  features: { devInteractions: { enabled: true } },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
});

server.listen(asked.port, "127.0.0.1", () => {
  const { port } = server.address();
  answer = new Provider(`http://127.0.0.1:${port}`, configuration()).callback();
  process.stdout.write(`${port}\n`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
