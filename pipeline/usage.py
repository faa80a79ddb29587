"""What each command is for, in the words of its `--help`: one line for the list of commands, then how it works and examples."""

from __future__ import annotations

EXIT_CODES = "exit codes: 0 done · 1 partly failed · 2 wrong use or configuration · 75 another run holds the lock"
ABOUT = {
    "run": (
        "What cron calls: ingest, judge, group.",
        """Quiet when all is well. A source that fails is no failed run: it is told on stderr once, when it turns slow or blocked.
A second run at the same time ends at once with code 75.

  */30 * * * *  cd /opt/pantau && ./run run""",
    ),
    "ingest": (
        "Poll the sources of sources.csv that are due, fetch what is new, look at younger articles again.",
        """Many hosts at once, each one politely: robots.txt is obeyed, one request at a time with a pause behind it. Bytes go to
data/pages/, every outcome to data/ledger.sqlite. Safe to kill at any moment: the next run goes on from there. SIGTERM
finishes what is in hand and exits 0. `pantau sources` tells why a source is due when.""",
    ),
    "judge": (
        "Judge the fetched pages that were not judged yet, then group copies.",
        """Rows go to data/articles/ and data/rejections/. After a change of programmes or vocabulary the old rows stay
as they are until --rejudge; their former judgement is then kept in data/articles_past/.

--recipe new changes nothing in use: it judges beside it, into data/articles_new/, by what the last `pantau train` has learnt
(and by configuration and code as they are now), and shows what differs, on corrected labels and on held-out ones too.
--all: a history too large for that table, resumed where it stopped. docs/scale.md tells of --engine and of --data s3://….""",
    ),
    "report": (
        "Write the report for Ditjenpas: tables, workbook and page of a week, a month or any days; and send it.",
        """Eight CSV files, laporan.xlsx, laporan.html (laporan.pdf where Chromium is installed) and manifest.json in
data/reports/<name>/: 2026-W47, 2026-11, 2026-11-01_2026-11-15, with _kanwil-<office> or another programme list behind it.
Weeks run from Monday to Sunday, Asia/Jakarta. Each is compared with the time of equal length before it. The same data give
the same bytes; --from-manifest makes an earlier edition again, or says which of its inputs has changed or is gone.

  pantau report --week last --send
  pantau report --month 2026-11 --kanwil 'Jawa Barat' --csv-dialect excel-id
  pantau report --from 2026-11-01 --to 2026-11-15 --taxonomy aksi-2026
  pantau report --from-manifest data/reports/2026-W47/manifest.json""",
    ),
    "alert": (
        "Tell within the day what must not wait for the report.",
        """A first negative story of a new event, an escape, riot, death or drugs from inside, or a day with far more negative
stories than usual: by mail and web hooks as [alert] of settings.toml says, printed where it names nobody. Nothing is sent
twice; data/alerts.csv is the log. docs/delivery.md has the rules.

  */15 * * * *  cd /opt/pantau && ./run run; ./run alert --wait 5""",
    ),
    "status": (
        "Tell how the collection does: sources, volume against the usual, lags, what to look at, the account of all entries.",
        """Each source is held against its own past: silent (longer without an entry than chance explains) and low are alarms,
where eight weeks tell what is usual. Sources on probation are shown and never alarm. docs/operation.md says what to do.
Exits 1 when no source was read for operation.stale_hours, or rows are lost or doubled.

  pantau status --sources
  20 7 * * *    /opt/pantau/run status --quiet""",
    ),
    "cron": (
        "Show what starts pantau by the clock, with this installation's paths and user.",
        """show: the crontab of config/crontab, or with --systemd the units of config/systemd, ready to install; the commands that
install them stand in the first lines. Nothing is installed but by those. The user is who owns the data folder.

  pantau cron show >pantau.crontab && sudo crontab -u pantau pantau.crontab
  sudo pantau cron show --systemd --into /etc/systemd/system""",
    ),
    "demo": (
        "Run the whole line over the embedded newsroom: no network, no configuration.",
        """A small web server on 127.0.0.1 plays Indonesian news sites (invented, own words); the production path
fetches, judges and reports on them. A second run finds nothing new and changes nothing.""",
    ),
    "sources": (
        "Look at the catalogue's sources, ask them now, find new ones.",
        """list: every source with its state, interval, last good poll, newest item, entries of seven days, next poll; those first
that need a person. explain ID: everything of one, why it is due when and what to do. check: asks each source once, now,
politely, and changes no schedule; the table goes to data/sources_check.csv too, and the exit code is 1 when a source
that is not on probation is not ok. discover URL: searches a site for feeds and sitemaps, and prints rows for sources.csv.

  pantau sources list --state blocked
  pantau sources explain detiknews-hukum
  pantau sources check --id antara --id detiknews-hukum
  pantau sources discover https://kabar.example/""",
    ),
    "backfill": (
        "Take in what a source showed in days gone by.",
        """Asks its feed, WordPress's search, the outlet's archive (config/outlets) and the sitemaps of its host, politely.
Entries of these days then wait for the usual runs; of a filtered source, those without the subject's words are kept by
their title. Entries without a date are taken and counted apart. Each list asked is a line in data/backfill/; run the same
command again to go on where it stopped.

  pantau backfill --source detiknews-hukum --from 2026-10-01 --to 2026-10-31 --dry-run
  pantau backfill --source detiknews-hukum --from 2026-10-01 --to 2026-10-31 --max 50 --fetch""",
    ),
    "classify": (
        "Judge articles from a JSON-lines file: one JSON a line out, in the same order.",
        """In: {"id", "title", "text", "url", "published"} a line; only title or text is needed. Out: relevance,
programmes, tone, units and incidents, each with its evidence. A faulty line is answered by {"id", "line", "error"},
and the exit code is then 1.

  echo '{"id": "1", "title": "Petugas Lapas Gagalkan Penyelundupan Sabu", "text": "…"}' | pantau classify -""",
    ),
    "explain": (
        "Show why an article was judged as it was: each label, its sentences and the words that decided.",
        """KEY is the artikel_id of 07_kliping.csv, or its first digits; any address of the article will do, with or without
https://. Prints what is known of it: date and where it came from, relevance, programmes, both tones, incidents, units,
source type, why a person should look, its story, what persons have corrected. An article that was not judged is answered
with where it ended and what to do, and the exit code is then 2. Deciding words are bold, or stand between « and ».

  pantau explain 0f3a5b7c
  pantau explain outlet.example/read/1 --json""",
    ),
    "correct": (
        "Say what the right label of an article is; it wins over the model's from then on.",
        """Appends one row to data/labels/corrections.csv ($PANTAU_CORRECTIONS; a demo has its own). Copies of the same text
follow. Fields: relevance, programme_primary, programmes_related, programmes_mentioned, tone, title_tone, incidents,
unit_primary, source_type. Lists are written a,b; none empties a list or the unit; the label that stands confirms it;
model withdraws what was said. A wrong label is answered with the right ones.

  pantau correct 0f3a5b7c9d1e2f40 tone negative --who Sari --why "the accusation leads the title"
  pantau correct https://outlet.example/read/1 programmes_related umkm,bansos --who Sari --why "both have an act"
  pantau correct --list""",
    ),
    "units": (
        "List the names of units that the gazetteer does not know; or show which units a text names.",
        """unknown: over all judged articles, most articles first: the name as written, how many articles and outlets have it, the
latest of them, and which units may be meant. A name is unknown when units.csv has no such unit, and open when it has several
(two prisons of one town). New units and spellings go into units.csv by hand; `pantau judge --rejudge` then finds them.

  pantau units unknown --since 2026-11-01 --csv nama_upt.csv
  pantau units find 'Kalapas Bukittinggi mengunjungi Lapas Tangerang'""",
    ),
    "expire": (
        "Take page bodies out of the store when their time is over.",
        """Bodies and the feeds' titles and summaries go after [privacy] retention_days of settings.toml; the judged articles
stay. Parts are rewritten one by one, so that it may be killed at any moment and run again; what has expired once is left
alone. Expired pages cannot be judged anew. Skipped entries that no list shows any more only stay counted.

  pantau expire --dry-run
  15 3 * * 0    cd /opt/pantau && ./run expire""",
    ),
    "forget": (
        "Remove an article on request, so that it does not come back.",
        """Takes page, article, former judgements, rejection, story and ledger entries out, writes the reports that name it anew,
and leaves a salted digest in data/forgotten.csv: neither the address nor the very text is taken in again. Copies of the text are
listed first; where there are any, say --copies to remove them too, or --alone.

  pantau forget https://outlet.example/read/1 --dry-run
  pantau forget 0f3a5b7c9d1e2f40 --copies""",
    ),
    "train": (
        "Fit the models anew from the labelled articles and the analysts' corrections.",
        """Judging fits them by itself when labels, cues or code have changed, and finds them again by digest in
data/models/. Corrections are learnt from by this command alone: it takes the articles of the data folder of which persons
have settled relevance, primary programme and tone into its models/candidate/, then fits. Half a minute. Nothing judges by
it before it is promoted:

  pantau train && pantau judge --recipe new
  pantau promote""",
    ),
    "promote": (
        "Put the model of the last training in use, unless it is worse.",
        """Judges beside what is in use whatever `pantau judge --recipe new` has not judged yet, shows the same table, and refuses
where a held-out figure lies below data/labels/floor.json, or where the model contradicts more of the labels that persons gave
than today's (more than one in fifty). Else its judgements take the place of today's, which stay in data/articles_past/, and new
articles are judged by it. data/promotions.csv says when and on what figures. Killed halfway, the same command goes on.

  pantau promote
  pantau promote --force 'the floor was measured on other labels'""",
    ),
    "evaluate": (
        "Measure the judge on labelled articles, beside baselines on the same texts.",
        """Without a file: fitted on the corpus less its test batches, measured on those. With one (the corpus's format,
data/labels/LABELLING.md): fitted on the whole corpus less the file's articles. --leave-one-batch-out judges each batch by
models that know all others: one fit a batch, minutes. docs/judgement.md says what each figure means.

  pantau evaluate
  pantau evaluate labelled.jsonl --json
  pantau evaluate --errors 50 --csv mistakes.csv
  pantau evaluate --lexicon positive.tsv --lexicon negative.tsv
  pantau evaluate --leave-one-batch-out --write""",
    ),
    "review": (
        "Open the pages on which analysts correct labels: the review queue, by keyboard, in a browser.",
        """Listens on 127.0.0.1 and needs no network; another address needs a token (docs/review.md). Corrections go where
`pantau correct` writes them, also of several reviewers at once. Needs the extra [app].

  pantau review
  pantau review --data data/demo --port 0""",
    ),
    "browse": (
        "Open the week as pages in a browser: filters, charts, stories with their copies, sources.",
        """The same application as `pantau review`, opened at the week; docs/review.md.

  pantau browse --data data/demo""",
    ),
    "extract": (
        "Show what is taken from one saved page: the article, or the reason why not.",
        """Prints one JSON: title, text, date with its provenance, removed lines; or a rejection.

  pantau extract page.html --url https://outlet.example/read/1""",
    ),
}
