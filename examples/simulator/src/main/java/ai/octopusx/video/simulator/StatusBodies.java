package ai.octopusx.video.simulator;

/**
 * What the gateway says about a job. A body is made when a state is first asked for and kept until it changes, so that a
 * poll costs a comparison, and a job holds one body however often it is polled.
 */
final class StatusBodies {

    /** How far a job has come, as the gateway knows it. */
    enum Stage {
        /** No look at the upstream since the submission. */
        SUBMITTED,
        QUEUED,
        RUNNING,
        ENDED,
        /** The gateway gave up on it. */
        GIVEN_UP
    }

    private static final long GIVE_UP = Jobs.GIVE_UP.toNanos();

    private final SimulatorConfig config;
    private final GatewayClock clock;
    private final Snapshots snapshots;
    private final SignedLinks links;

    StatusBodies(SimulatorConfig config, GatewayClock clock, Snapshots snapshots, SignedLinks links) {
        this.config = config;
        this.clock = clock;
        this.snapshots = snapshots;
        this.links = links;
    }

    /** The answer to a submission, in the shape of the profile. */
    Answer submitted(Job job) {
        Json json = new Json().open().text("id", job.id);
        if (config.profile == Profile.B) {
            json.text("task_id", job.id);
        }
        json.text("object", "video")
                .text("model", job.submission.model())
                .text("status", config.words.queued())
                .number("progress", 0)
                .number("created_at", seconds(job.created));
        if (config.profile == Profile.A) {
            json.text("size", job.size);
        }
        remixedFrom(job, json);
        return Answer.json(200, Answer.JSON_UTF8, json.close())
                .with("X-New-Api-Other-Ratios", "{\"seconds\":" + job.seconds + ",\"size\":1}");
    }

    Stage stage(Job job, long now) {
        long look = snapshots.lastBefore(now);
        if (!snapshots.lookedSince(job.created, now)) {
            return Stage.SUBMITTED;
        }
        boolean endIsHidden = config.profile == Profile.B && job.outcome.kind() == Outcome.Kind.CANCELLED;
        if (now >= job.created + GIVE_UP && (endIsHidden || job.visible > job.created + GIVE_UP)) {
            return Stage.GIVEN_UP;
        }
        if (look >= job.visible && !endIsHidden) {
            return Stage.ENDED;
        }
        return look >= job.started ? Stage.RUNNING : Stage.QUEUED;
    }

    /** @param backwards whether a running job shows what it was two looks ago */
    Answer status(Job job, long now, boolean backwards) {
        Stage stage = stage(job, now);
        long look = snapshots.lastBefore(now);
        if (backwards && (stage == Stage.QUEUED || stage == Stage.RUNNING)) {
            look = snapshots.earlier(now, 2);
            stage = look <= job.created ? Stage.SUBMITTED : look >= job.started ? Stage.RUNNING : Stage.QUEUED;
        }
        int progress = progress(job, stage, look);
        long detail = stage == Stage.ENDED && job.outcome.hasVideo() ? links.generation(job, now) : progress;
        long state = detail << 3 | stage.ordinal();
        Job.Rendered known = job.rendered;
        if (known != null && known.state() == state) {
            return known.answer();
        }
        Answer answer = render(job, stage, progress, now);
        job.rendered = new Job.Rendered(state, answer);
        return answer;
    }

    private Answer render(Job job, Stage stage, int progress, long now) {
        Json json = stage == Stage.ENDED && job.outcome.kind() == Outcome.Kind.ERROR_BODY
                ? errorBody(job)
                : stage == Stage.ENDED && job.outcome.kind() == Outcome.Kind.NOTHING_TO_SAY
                        ? new Json()
                                .open()
                                .text("code", "success")
                                .text("data", null)
                                .close()
                        : config.profile == Profile.A
                                ? passedThrough(job, stage, progress, now)
                                : ownBody(job, stage, progress, now);
        return Answer.json(200, Answer.JSON, json);
    }

    private static Json errorBody(Job job) {
        return new Json()
                .open()
                .open("error")
                .text("message", job.outcome.message())
                .text("type", "invalid_request_error")
                .text("code", job.outcome.code())
                .close()
                .text("id", job.id)
                .close();
    }

    private Json passedThrough(Job job, Stage stage, int progress, long now) {
        boolean ended = stage == Stage.ENDED;
        Json json = new Json()
                .open()
                .text("id", job.id)
                .text("object", "video")
                .text("model", job.submission.model())
                .text("status", word(job, stage))
                .number("progress", progress)
                .number("created_at", seconds(job.created));
        if (ended) {
            json.number("completed_at", seconds(job.ended));
        } else if (config.placeholders) {
            json.number("completed_at", 0);
        }
        boolean video = ended && job.outcome.hasVideo();
        if (video) {
            json.number("expires_at", seconds(links.expiry(job, links.generation(job, now))));
        } else if (config.placeholders) {
            json.number("expires_at", 0);
        }
        if (stage != Stage.SUBMITTED && (!ended || video)) {
            json.text("seconds", job.seconds);
        }
        if (!ended || video) {
            json.text("size", job.size);
        }
        if (video && job.outcome.kind() == Outcome.Kind.COMPLETED) {
            json.text("video_url", links.link(job, links.generation(job, now)));
        } else if (config.placeholders) {
            json.text("video_url", "");
        }
        remixedFrom(job, json);
        if (ended && job.outcome.kind() == Outcome.Kind.FAILED) {
            error(json, job.outcome.code(), job.outcome.message());
        } else if (config.placeholders) {
            error(json, "", "");
        }
        return json.close();
    }

    private Json ownBody(Job job, Stage stage, int progress, long now) {
        boolean link = stage == Stage.ENDED && job.outcome.kind() == Outcome.Kind.COMPLETED;
        Json json = new Json()
                .open()
                .text("id", job.id)
                .text("task_id", job.id)
                .text("object", "video")
                .text("model", job.submission.model())
                .text("status", word(job, stage))
                .number("progress", progress)
                .number("created_at", seconds(job.created))
                .number("completed_at", seconds(stage == Stage.SUBMITTED ? job.created : lastUpdate(job, now)))
                .open("metadata")
                .text("url", link ? links.link(job, links.generation(job, now)) : "")
                .close();
        remixedFrom(job, json);
        if (stage == Stage.ENDED && job.outcome.kind() == Outcome.Kind.FAILED) {
            error(json, job.outcome.code(), job.outcome.message());
        }
        return json.close();
    }

    private long lastUpdate(Job job, long now) {
        return Math.min(snapshots.lastBefore(now), job.visible);
    }

    private String word(Job job, Stage stage) {
        StatusWords words = config.words;
        boolean passesThrough = config.profile == Profile.A;
        return switch (stage) {
            case SUBMITTED -> passesThrough ? words.queued() : "unknown";
            case QUEUED -> words.queued();
            case RUNNING -> words.processing();
            // The stored body of profile A does not know that the gateway gave up.
            case GIVEN_UP -> passesThrough ? words.processing() : words.failed();
            case ENDED -> endWord(job, words);
        };
    }

    private static String endWord(Job job, StatusWords words) {
        String own = job.outcome.word();
        if (own != null) {
            return own;
        }
        return switch (job.outcome.kind()) {
            case COMPLETED, COMPLETED_WITHOUT_URL -> words.completed();
            case CANCELLED -> words.cancelled();
            default -> words.failed();
        };
    }

    /** Few steps, as the gateway knows them: in profile A tenths, in profile B what its adaptor maps to. */
    private int progress(Job job, Stage stage, long look) {
        return switch (stage) {
            case SUBMITTED -> 0;
            case QUEUED -> config.profile == Profile.A ? 0 : 10;
            case RUNNING -> running(job, look);
            case GIVEN_UP -> config.profile == Profile.A ? running(job, look) : 100;
            case ENDED -> job.outcome.kind() == Outcome.Kind.CANCELLED ? 0 : 100;
        };
    }

    private int running(Job job, long look) {
        if (config.profile == Profile.B) {
            return job.outcome.kind() == Outcome.Kind.CANCELLED && look >= job.ended ? 30 : 50;
        }
        if (job.ended == Job.NEVER) {
            return 50;
        }
        long life = Math.max(1, job.ended - job.started);
        return (int) Math.max(0, Math.min(90, 10 * (10 * (look - job.started) / life)));
    }

    private static void error(Json json, String code, String message) {
        json.open("error").text("message", message).text("code", code).close();
    }

    private static void remixedFrom(Job job, Json json) {
        String from = job.submission.remixedFrom();
        if (from != null) {
            json.text("remixed_from_video_id", from);
        }
    }

    /** The task in the envelope of the generations endpoint. */
    Answer generation(Job job, long now) {
        Stage stage = stage(job, now);
        int progress = progress(job, stage, snapshots.lastBefore(now));
        Json data = new Json()
                .open()
                .text("task_id", job.id)
                .text("status", internalWord(job, stage))
                .text("progress", progress + "%")
                .text("fail_reason", stage == Stage.ENDED ? job.outcome.message() : "");
        if (stage == Stage.ENDED && job.outcome.kind() == Outcome.Kind.COMPLETED) {
            data.open("data")
                    .text("video_url", links.link(job, links.generation(job, now)))
                    .close();
        }
        return Answer.json(
                200,
                Answer.JSON_UTF8,
                new Json()
                        .open()
                        .text("code", "success")
                        .text("message", "")
                        .raw("data", data.close().toString())
                        .close());
    }

    /** The gateway's own bookkeeping, which {@code /content} tells. */
    String internalWord(Job job, Stage stage) {
        return switch (stage) {
            case SUBMITTED -> config.profile == Profile.A ? "SUBMITTED" : "NOT_START";
            case QUEUED -> "QUEUED";
            case RUNNING -> "IN_PROGRESS";
            case GIVEN_UP -> "FAILURE";
            case ENDED -> job.outcome.hasVideo() ? "SUCCESS" : "FAILURE";
        };
    }

    private long seconds(long moment) {
        return clock.wall(moment).getEpochSecond();
    }
}
