-- One row per job, in the words that H2 and PostgreSQL share. A file-based H2 and a PostgreSQL keep it across restarts.
CREATE TABLE IF NOT EXISTS video_job (
    id            VARCHAR(36)              PRIMARY KEY,
    entry_id      VARCHAR(64),
    change_no     BIGINT                   NOT NULL,
    state         VARCHAR(16)              NOT NULL,
    model         VARCHAR(200)             NOT NULL,
    prompt        VARCHAR(20000)           NOT NULL,
    size_asked    VARCHAR(20),
    seconds_asked INTEGER,
    frames        INTEGER                  NOT NULL,
    task_id       VARCHAR(1000),
    task          VARCHAR(100000),
    note          VARCHAR(4000),
    created_at    TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at    TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX IF NOT EXISTS video_job_by_change ON video_job (change_no);
CREATE INDEX IF NOT EXISTS video_job_by_creation ON video_job (created_at);
CREATE INDEX IF NOT EXISTS video_job_by_state ON video_job (state);
