// What every real client has to be able to do with the product, and with the fixture.
import { test } from 'node:test';
import { clients } from './lib/clients.mjs';
import { answerQuestions, useFixture, useProduct } from './lib/exercise.mjs';
import { fixture, product } from './lib/servers.mjs';

for (const { name, tag, elicits, connect } of clients) {
  test(`${name} uses the product`, async (t) => useProduct(t, await connect(t, product, elicits ? answerQuestions : undefined), tag));
  test(`${name} uses the fixture`, async (t) => useFixture(t, await connect(t, fixture, answerQuestions), { elicits }));
}
