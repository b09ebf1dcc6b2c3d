// What every client has to be able to do, whatever its version and transport.
import assert from 'node:assert/strict';
import { text } from './agent.mjs';
import { argumentsOf, calls, prompts, refused, resources, tools as allTools } from './calls.mjs';

/** useProduct calls every tool, gets every prompt, reads every resource and completes their arguments. */
export async function useProduct(t, client, tag) {
  const sequence = calls(tag);
  await t.test('lists the tools', async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool) => tool.name).sort(), allTools);
  });
  let before = {};
  for (const call of sequence) {
    await t.test(`calls ${call.tool}`, async () => {
      const result = await client.callTool({ name: call.tool, arguments: argumentsOf(call, before) });
      if (call.mayFail && result.isError) return assert.match(text(result), /^\[\w+\] /);
      assert.ok(!result.isError, text(result));
      assert.ok(result.structuredContent, 'no structured content');
      if (call.says) assert.ok(text(result).includes(call.says), `no ${call.says} in: ${text(result)}`);
      before = result.structuredContent;
    });
  }
  for (const call of refused) {
    await t.test(`is refused ${call.tool} ${JSON.stringify(call.arguments)}`, async () => {
      const result = await client.callTool({ name: call.tool, arguments: call.arguments });
      assert.ok(result.isError, text(result));
      assert.equal(result.structuredContent, undefined);
      assert.ok(text(result).includes(call.says), `no ${call.says} in: ${text(result)}`);
    });
  }
  await t.test('gets every prompt and completes its arguments', () => usePrompts(client));
  await t.test('reads every resource', () => useResources(client, tag));
  await t.test('sees an import progress', () => watchImport(client, tag));
}

async function usePrompts(client) {
  const listed = (await client.listPrompts()).prompts;
  assert.deepEqual(listed.map((prompt) => prompt.name).sort(), prompts);
  let completed = 0;
  for (const prompt of listed) {
    const given = {};
    for (const { name } of prompt.arguments ?? []) {
      const { completion } = await client.complete({ ref: { type: 'ref/prompt', name: prompt.name }, argument: { name, value: '' } });
      completed += completion.values.length;
      given[name] = completion.values[0] ?? 'contacts.csv';
    }
    const { messages } = await client.getPrompt({ name: prompt.name, arguments: given });
    assert.ok(messages.length > 0, `${prompt.name} says nothing`);
  }
  assert.ok(completed > 0, 'no argument was completed from the account');
}

/** useResources comes after the calls: it reads what they have left. */
async function useResources(client, tag) {
  const expected = resources.filter((resource) => allTools.includes(resource.tool));
  const { resources: single } = await client.listResources();
  const { resourceTemplates } = await client.listResourceTemplates();
  const listed = [...single.map((resource) => resource.uri), ...resourceTemplates.map((template) => template.uriTemplate)];
  assert.deepEqual(listed, expected.map((resource) => resource.uri));

  const read = async (uri) => {
    const { contents } = await client.readResource({ uri });
    assert.equal(contents[0].uri, uri);
    assert.equal(contents[0].mimeType, 'application/json');
    return JSON.parse(contents[0].text);
  };
  for (const { uri } of single) await read(uri);
  const bob = `bob.${tag}@example.com`;
  for (const name of [bob, encodeURIComponent(bob)]) {
    assert.equal((await read(`mailtrap://contacts/${name}`)).contact.email, bob);
  }
  const ref = { type: 'ref/resource', uri: 'mailtrap://jobs/{id}' };
  const { completion } = await client.complete({ ref, argument: { name: 'id', value: 'import' } });
  assert.equal((await read(`mailtrap://jobs/${completion.values[0]}`)).jobs.length, 1);

  await assert.rejects(client.readResource({ uri: 'mailtrap://contacts/lists%2F5' }), /\[invalid_input\]/);
  await assert.rejects(client.readResource({ uri: 'mailtrap://nothing' }));
}

async function watchImport(client, tag) {
  const rows = Array.from({ length: 500 }, (_, i) => ({ email: `row.${i}.${tag}@example.com` }));
  const seen = await watch(client, { name: 'import_contacts', arguments: { rows } });
  assert.ok(seen.length > 0, 'no progress');
}

/** useFixture sees what the product does only when it is slow or has to ask. */
export async function useFixture(t, client, { elicits }) {
  // The clients drop a note that they read in one chunk with the response, which a busy machine can bring about whatever
  // the server does. Without the server's wait more than half of the fifty are incomplete; order is never allowed to break.
  await t.test('sees all progress before the result, fifty times', async () => {
    let incomplete = 0;
    for (let i = 0; i < 50; i++) {
      const seen = await watch(client, { name: 'test_tool_with_progress', arguments: {} });
      assert.deepEqual(seen, [0, 50, 100].filter((value) => seen.includes(value)));
      if (seen.length < 3) incomplete++;
    }
    assert.ok(incomplete <= 5, `${incomplete} of 50 calls lost a note`);
  });
  await t.test('runs twenty calls at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => client.callTool({ name: 'test_tool_with_progress', arguments: {} })));
    for (const result of results) assert.equal(text(result), 'Came to 100 of 100.');
  });
  await t.test('cancels a call', async () => {
    const before = Number(text(await client.callTool({ name: 'count_cancelled', arguments: {} })));
    const abort = new AbortController();
    const waiting = client.callTool({ name: 'wait_until_cancelled', arguments: {} }, ...options(client, { signal: abort.signal }));
    setTimeout(() => abort.abort('enough'), 100);
    await assert.rejects(waiting);
    for (let tries = 0; ; tries++) {
      const after = Number(text(await client.callTool({ name: 'count_cancelled', arguments: {} })));
      if (after === before + 1) break;
      assert.ok(tries < 100, 'the server did not cancel the call');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  await t.test('is shown an error result', async () => {
    const result = await client.callTool({ name: 'test_error_handling', arguments: {} });
    assert.equal(result.isError, true);
  });
  if (elicits) {
    await t.test('answers a question in the middle of a call', async () => {
      const result = await client.callTool({ name: 'test_elicitation', arguments: { message: 'Who are you?' } });
      assert.equal(text(result), 'User response: action=accept, content={"email":"ann@example.com","username":"ann"}');
    });
  }
}

/** answerQuestions is what the person behind the client says. */
export const answerQuestions = async () => ({ action: 'accept', content: { username: 'ann', email: 'ann@example.com' } });

/** watch calls the tool and returns the progress that came before its result. */
async function watch(client, call) {
  const seen = [];
  let over = false;
  const onprogress = ({ progress }) => {
    assert.ok(!over, 'progress after the result');
    seen.push(progress);
  };
  const result = await client.callTool(call, ...options(client, { onprogress }));
  over = true;
  assert.ok(!result.isError, text(result));
  return [...seen];
}

/** options puts the request options where the client's version expects them: 1.x has a result schema before them. */
function options(client, requestOptions) {
  return client.resultSchemaFirst ? [undefined, requestOptions] : [requestOptions];
}
