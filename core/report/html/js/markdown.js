// A failure as Markdown, for an issue or a chat.

function fenced(text) {
    const longest = Math.max(2, ...(text.match(/`+/g) || []).map((run) => run.length));
    const fence = '`'.repeat(longest + 1);
    return `${fence}\n${visible(text).replace(/\n$/, '')}\n${fence}\n`;
}

function inline(text) {
    const longest = Math.max(0, ...(text.match(/`+/g) || []).map((run) => run.length));
    const fence = '`'.repeat(longest + 1), blank = longest ? ' ' : '';
    return fence + blank + visible(text).replace(/\n/g, ' ') + blank + fence;
}

function checkMarkdown(f) {
    const lines = [`- ${inline(f.expression || f.message || 'check')}` + (f.file ? ` at ${inline(place(f.file, f.line))}` : '') +
        (f.step ? `, in step ${inline(f.step)}` : '')];
    if (f.message && f.expression) lines.push(`  ${inline(f.message)}`);
    const values = [['actual', f.actual], ['expected', f.expected]].filter(([, value]) => value !== undefined);
    return lines.join('\n') + '\n' + values.map(([name, value]) => value.includes('\n') || value.length > 80
        ? `\n${name}:\n\n${fenced(value)}` : `  - ${name}: ${inline(value)}\n`).join('');
}

function lastLines(text, n) {
    return text.replace(/\n$/, '').split('\n').slice(-n).join('\n').replace(SGR, '');
}

function attemptMarkdown(attempt, output) {
    const parts = [];
    if (attempt.reason) parts.push(`${visible(attempt.reason)}` + (attempt.file ? ` (${inline(place(attempt.file, attempt.line))})` : '') + '\n');
    for (const failure of (attempt.failures || []).slice(0, 10)) parts.push(checkMarkdown(failure));
    for (const [name, stack] of [['Crash', attempt.crash], ['Where it was when its time was over', attempt.timeout]])
        if (stack && stack.stack.length) parts.push(`${name}:\n\n${fenced(stack.stack.join('\n'))}`);
    if (attempt.logs) parts.push(`Log:\n\n${fenced(attempt.logs.slice(-20).map((l) => `${l.level}: ${l.text}`).join('\n'))}`);
    for (const name of ['stderr', 'stdout'])
        if (output && output[name]) parts.push(`${name}, its end:\n\n${fenced(lastLines(output[name].text, 30))}`);
    return parts.join('\n');
}

function caseMarkdown(run, row, detail, number) {
    const at = detail ? detail.case.attempts.findIndex((a) => a.number === number) : -1;
    const command = caseCommand(run, row);
    return `### ${inline(row.id)}: ${WORDS[row.verdict]}\n\n` +
        `muster run ${inline(run.id)}, ${row.attempts.length > 1 ? `attempt ${number} of ${row.attempts.length}, ` : ''}` +
        `${duration(row.duration)}` + (row.file ? `, ${inline(place(row.file, row.line))}` : '') + `, seed ${run.seed}\n\n` +
        (at >= 0 ? attemptMarkdown(detail.case.attempts[at], detail.outputs[at]) : row.reason ? visible(row.reason) + '\n' : '') +
        (command ? `\nAgain:\n\n${fenced(command)}` : '');
}
