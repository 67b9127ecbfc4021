SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.audit (
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor character varying(255) NOT NULL,
    means character varying(64) NOT NULL,
    address character varying(64) NOT NULL,
    action character varying(64) NOT NULL,
    object character varying(255) NOT NULL,
    request character varying(64) NOT NULL
);
CREATE SEQUENCE public.audit_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_number_seq OWNED BY public.audit.number;
CREATE TABLE public.deliveries (
    id uuid NOT NULL,
    webhook uuid NOT NULL,
    job_id uuid NOT NULL,
    seq bigint NOT NULL,
    event character varying(32) NOT NULL,
    body text NOT NULL,
    at timestamp with time zone NOT NULL,
    state character varying(16) NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone,
    status integer,
    error text,
    CONSTRAINT ck_deliveries_state CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'delivered'::character varying, 'dead'::character varying])::text[])))
);
CREATE TABLE public.deployment (
    id uuid NOT NULL
);
CREATE TABLE public.devices (
    host character varying(255) NOT NULL,
    budget_bytes bigint NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
CREATE TABLE public.events (
    job_id uuid NOT NULL,
    seq bigint NOT NULL,
    type character varying(32) NOT NULL,
    at timestamp with time zone NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.frame_packs (
    job_id uuid NOT NULL,
    fence bigint NOT NULL,
    first_step integer NOT NULL,
    last_step integer NOT NULL,
    key text NOT NULL,
    contents text NOT NULL,
    bytes bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.job_prompts (
    number bigint NOT NULL,
    prompts text NOT NULL
);
CREATE TABLE public.job_tags (
    number bigint NOT NULL,
    tag character varying(40) NOT NULL,
    owner character varying(255) NOT NULL
);
CREATE TABLE public.job_uploads (
    job_id uuid NOT NULL,
    upload character varying(64) NOT NULL
);
CREATE TABLE public.jobs (
    number bigint NOT NULL,
    id uuid NOT NULL,
    owner character varying(255) NOT NULL,
    state character varying(16) NOT NULL,
    priority integer NOT NULL,
    virtual_start bigint NOT NULL,
    cost bigint NOT NULL,
    model character varying(64) NOT NULL,
    spec text NOT NULL,
    graph text NOT NULL,
    idempotency_key character varying(255),
    fingerprint character varying(64) NOT NULL,
    fence bigint NOT NULL,
    attempt integer NOT NULL,
    skips integer NOT NULL,
    worker character varying(255),
    lease_until timestamp with time zone,
    cancel_requested boolean NOT NULL,
    checkpoint text,
    step integer NOT NULL,
    steps integer NOT NULL,
    last_seq bigint NOT NULL,
    outputs text NOT NULL,
    error text,
    seconds double precision,
    created_at timestamp with time zone NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    steady_seconds double precision,
    not_before timestamp with time zone,
    layout character varying(16) DEFAULT ''::character varying NOT NULL,
    favourite boolean DEFAULT false NOT NULL,
    tags text DEFAULT '[]'::text NOT NULL,
    trashed_at timestamp with time zone,
    stop_requested boolean DEFAULT false NOT NULL,
    continues uuid,
    first_step integer DEFAULT 0 NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    bytes bigint DEFAULT '0'::bigint NOT NULL,
    CONSTRAINT ck_jobs_state CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying, 'succeeded'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[])))
);
CREATE SEQUENCE public.jobs_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.jobs_number_seq OWNED BY public.jobs.number;
CREATE TABLE public.keys (
    id uuid NOT NULL,
    owner character varying(64) NOT NULL,
    hash character varying(64) NOT NULL,
    hint character varying(16) NOT NULL,
    label character varying(80) NOT NULL,
    scope character varying(8) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone
);
CREATE TABLE public.layout_uploads (
    layout_id uuid NOT NULL,
    upload character varying(64) NOT NULL
);
CREATE TABLE public.pauses (
    owner character varying(255) NOT NULL
);
CREATE TABLE public.saved_layouts (
    id uuid NOT NULL,
    owner character varying(255) NOT NULL,
    name character varying(120) NOT NULL,
    document text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
CREATE TABLE public.sessions (
    hash character varying(64) NOT NULL,
    key_id uuid,
    entry character varying(64),
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.shares (
    owner character varying(255) NOT NULL,
    virtual_finish bigint NOT NULL,
    background_finish bigint DEFAULT '0'::bigint NOT NULL,
    spent double precision DEFAULT '0'::double precision NOT NULL,
    spent_at timestamp with time zone
);
CREATE TABLE public.tickets (
    hash character varying(64) NOT NULL,
    caller text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.uploads (
    owner character varying(255) NOT NULL,
    id character varying(64) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone NOT NULL,
    bytes bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.users (
    name character varying(64) NOT NULL,
    disabled boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.virtual_clock (
    id integer NOT NULL,
    now bigint NOT NULL,
    background bigint DEFAULT '0'::bigint NOT NULL
);
CREATE TABLE public.webhook_secrets (
    owner character varying(255) NOT NULL,
    secret character varying(64) NOT NULL,
    former character varying(64)
);
CREATE TABLE public.webhooks (
    id uuid NOT NULL,
    owner character varying(255) NOT NULL,
    job_id uuid,
    url text NOT NULL,
    events text NOT NULL,
    enabled boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.audit ALTER COLUMN number SET DEFAULT nextval('public.audit_number_seq'::regclass);
ALTER TABLE ONLY public.jobs ALTER COLUMN number SET DEFAULT nextval('public.jobs_number_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0012');
INSERT INTO public.audit VALUES (1, '2026-11-29 14:42:50.522408+00', 'ann', 'command line', 'here', 'addUser', 'zoe', '');
INSERT INTO public.deliveries VALUES ('6727a71f-cf9e-4d53-a78b-aafe58114758', '5e5bdde8-84cd-4dd5-9073-c53b4080ba7b', 'bc08ff32-26c8-508e-9a8c-a6b6b942fdb7', 4, 'job_succeeded', '{"outputs":[{"name":"x","url":"/api/jobs/bc08ff32-26c8-508e-9a8c-a6b6b942fdb7/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}', '2026-11-29 14:42:50.574643+00', 'waiting', 0, '2026-11-29 14:42:50.574643+00', NULL, NULL);
INSERT INTO public.deliveries VALUES ('5e75d478-ea32-4ff0-b052-0a6147468062', '5e5bdde8-84cd-4dd5-9073-c53b4080ba7b', '29b19dff-1020-5b15-88c5-4b49ab1242c2', 3, 'job_succeeded', '{"outputs":[{"name":"x","url":"/api/jobs/29b19dff-1020-5b15-88c5-4b49ab1242c2/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}', '2026-11-29 14:42:50.650131+00', 'waiting', 0, '2026-11-29 14:42:50.650131+00', NULL, NULL);
INSERT INTO public.deployment VALUES ('bc28caf2-171b-4e19-8c4f-6bd0f0fe56ef');
INSERT INTO public.devices VALUES ('gpu-1', 12884901888, '2026-11-29 14:42:50.524288+00');
INSERT INTO public.events VALUES ('bc08ff32-26c8-508e-9a8c-a6b6b942fdb7', 1, 'job_queued', '2026-11-29 14:42:50.551123+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('bc08ff32-26c8-508e-9a8c-a6b6b942fdb7', 2, 'job_started', '2026-11-29 14:42:50.565478+00', '{"attempt":1,"worker":"w1"}');
INSERT INTO public.events VALUES ('bc08ff32-26c8-508e-9a8c-a6b6b942fdb7', 3, 'job_progress', '2026-11-29 14:42:50.569603+00', '{"step":1,"of":2,"residual":{"y":0.5},"step_sizes":{"y":1.0},"seconds":0.1}');
INSERT INTO public.events VALUES ('bc08ff32-26c8-508e-9a8c-a6b6b942fdb7', 4, 'job_succeeded', '2026-11-29 14:42:50.573036+00', '{"outputs":[{"name":"x","url":"/api/jobs/bc08ff32-26c8-508e-9a8c-a6b6b942fdb7/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}');
INSERT INTO public.events VALUES ('d487eed3-dba0-5e4b-bef6-1bf84f7abf36', 1, 'job_queued', '2026-11-29 14:42:50.58529+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('d487eed3-dba0-5e4b-bef6-1bf84f7abf36', 2, 'job_started', '2026-11-29 14:42:50.592357+00', '{"attempt":1,"worker":"w1"}');
INSERT INTO public.events VALUES ('d487eed3-dba0-5e4b-bef6-1bf84f7abf36', 3, 'job_failed', '2026-11-29 14:42:50.596118+00', '{"error":{"title":"It failed","detail":"The model gave NaN."}}');
INSERT INTO public.events VALUES ('69d256d9-ed88-59bf-aa46-e223ad1f61af', 1, 'job_queued', '2026-11-29 14:42:50.616455+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('69d256d9-ed88-59bf-aa46-e223ad1f61af', 2, 'job_cancelled', '2026-11-29 14:42:50.631165+00', '{}');
INSERT INTO public.events VALUES ('29b19dff-1020-5b15-88c5-4b49ab1242c2', 1, 'job_queued', '2026-11-29 14:42:50.638513+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('29b19dff-1020-5b15-88c5-4b49ab1242c2', 2, 'job_started', '2026-11-29 14:42:50.645496+00', '{"attempt":1,"worker":"w1"}');
INSERT INTO public.events VALUES ('29b19dff-1020-5b15-88c5-4b49ab1242c2', 3, 'job_succeeded', '2026-11-29 14:42:50.649091+00', '{"outputs":[{"name":"x","url":"/api/jobs/29b19dff-1020-5b15-88c5-4b49ab1242c2/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}');
INSERT INTO public.events VALUES ('d6b8f48c-8406-5f3d-a47f-48dc49b7545b', 1, 'job_queued', '2026-11-29 14:42:50.65891+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('d6b8f48c-8406-5f3d-a47f-48dc49b7545b', 2, 'job_started', '2026-11-29 14:42:50.665938+00', '{"attempt":1,"worker":"w1"}');
INSERT INTO public.events VALUES ('d6b8f48c-8406-5f3d-a47f-48dc49b7545b', 3, 'job_progress', '2026-11-29 14:42:50.668857+00', '{"step":1,"of":2,"residual":{"y":0.5},"step_sizes":{"y":1.0},"seconds":0.1}');
INSERT INTO public.events VALUES ('d6b8f48c-8406-5f3d-a47f-48dc49b7545b', 4, 'job_notice', '2026-11-29 14:42:50.673747+00', '{"step":1,"detail":"Stopped after step 1 of 2."}');
INSERT INTO public.events VALUES ('d6b8f48c-8406-5f3d-a47f-48dc49b7545b', 5, 'job_succeeded', '2026-11-29 14:42:50.674885+00', '{"outputs":[{"name":"x","url":"/api/jobs/d6b8f48c-8406-5f3d-a47f-48dc49b7545b/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}');
INSERT INTO public.events VALUES ('7eac093b-bdd3-5cb8-ac4c-412aed26a7eb', 1, 'job_queued', '2026-11-29 14:42:50.688452+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('7eac093b-bdd3-5cb8-ac4c-412aed26a7eb', 2, 'job_started', '2026-11-29 14:42:50.695284+00', '{"attempt":1,"worker":"lives:1"}');
INSERT INTO public.events VALUES ('dd8596de-a21a-5eb7-8658-fe6e6a543244', 1, 'job_queued', '2026-11-29 14:42:50.702797+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('dd8596de-a21a-5eb7-8658-fe6e6a543244', 2, 'job_started', '2026-11-29 14:42:50.709458+00', '{"attempt":1,"worker":"lost:1"}');
INSERT INTO public.events VALUES ('dd8596de-a21a-5eb7-8658-fe6e6a543244', 3, 'job_progress', '2026-11-29 14:42:50.712345+00', '{"step":1,"of":2,"residual":{"y":0.5},"step_sizes":{"y":1.0},"seconds":0.1}');
INSERT INTO public.events VALUES ('9f99f391-42fa-5419-9e6e-75b7788a73e5', 1, 'job_queued', '2026-11-29 14:42:50.720408+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('9e9ec580-52ff-5987-b46b-933a6146b5d5', 1, 'job_queued', '2026-11-29 14:42:50.729116+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('afc45d11-d208-5bad-b41f-6c4f80b9f031', 1, 'job_queued', '2026-11-29 14:42:50.737796+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('1458f323-a114-5e03-971e-ce61536d1d86', 1, 'job_queued', '2026-11-29 14:42:50.746079+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('abda35d1-5407-5738-b67d-08f467b834c8', 1, 'job_queued', '2026-11-29 14:42:50.754034+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('91e1d386-b648-5e82-9093-a0a0c4518a6c', 1, 'job_queued', '2026-11-29 14:42:50.762366+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('5d80df3e-1a8a-56a9-860b-ac0d118494d5', 1, 'job_queued', '2026-11-29 14:42:50.770395+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('e2b88696-55d6-5fd0-80f8-219f607533da', 1, 'job_queued', '2026-11-29 14:42:50.779294+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('ce76d621-ec32-5f4b-b0de-0de110a4e0a0', 1, 'job_queued', '2026-11-29 14:42:50.786968+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('146a68db-f3d6-5da4-a539-bf87be462911', 1, 'job_queued', '2026-11-29 14:42:50.799995+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.events VALUES ('1c6934ed-da72-5153-ac56-b8ec83a9bbd2', 1, 'job_queued', '2026-11-29 14:42:50.813055+00', '{"reason":null,"retry_at":null}');
INSERT INTO public.job_prompts VALUES (1, 'a desert, ann-done');
INSERT INTO public.job_prompts VALUES (2, 'a desert, ann-failed');
INSERT INTO public.job_prompts VALUES (3, 'a desert, ann-cancelled');
INSERT INTO public.job_prompts VALUES (4, 'a desert, ann-trashed');
INSERT INTO public.job_prompts VALUES (5, 'a desert, bob-stopped');
INSERT INTO public.job_prompts VALUES (6, 'a desert, eve-running');
INSERT INTO public.job_prompts VALUES (7, 'a desert, ann-lost');
INSERT INTO public.job_prompts VALUES (8, 'a desert, ann-1');
INSERT INTO public.job_prompts VALUES (9, 'a desert, ann-2');
INSERT INTO public.job_prompts VALUES (10, 'a desert, ann-3');
INSERT INTO public.job_prompts VALUES (11, 'a desert, bob-1');
INSERT INTO public.job_prompts VALUES (12, 'a desert, bob-background');
INSERT INTO public.job_prompts VALUES (13, 'a desert, bob-2');
INSERT INTO public.job_prompts VALUES (14, 'a desert, eve-urgent');
INSERT INTO public.job_prompts VALUES (15, 'a desert, eve-1');
INSERT INTO public.job_prompts VALUES (16, 'a desert, ann-first');
INSERT INTO public.job_prompts VALUES (17, 'a desert, bob-paused');
INSERT INTO public.job_prompts VALUES (18, 'a desert, paul-paused');
INSERT INTO public.job_tags VALUES (1, 'dunes', 'ann');
INSERT INTO public.job_tags VALUES (1, 'Ærø', 'ann');
INSERT INTO public.job_uploads VALUES ('bc08ff32-26c8-508e-9a8c-a6b6b942fdb7', '77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c');
INSERT INTO public.jobs VALUES (1, 'bc08ff32-26c8-508e-9a8c-a6b6b942fdb7', 'ann', 'succeeded', 0, 0, 6, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-done","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":{"picture":"77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c","strength":0.5,"fit":"same","box":null,"mask":null,"keep":"outside","feather":16,"seed":null},"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-done","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-done","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-done","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id bc08ff32-26c8-508e-9a8c-a6b6b942fdb7', '98d5a8af708a2cf796945e6b8abed47cf8b3bc02518cb9ae035463b25acdcb06', 1, 1, 0, 'w1', NULL, false, NULL, 1, 2, 4, '[{"name":"x","key":"jobs/bc08ff32-26c8-508e-9a8c-a6b6b942fdb7/1/x.png","width":256,"height":128,"bytes":0,"residual":null,"stopped_at":null}]', NULL, 1, '2026-11-29 14:42:50.546587+00', '2026-11-29 14:42:50.546587+00', '2026-11-29 14:42:50.564657+00', '2026-11-29 14:42:50.572354+00', 1, NULL, 'panorama', true, '["dunes", "Ærø"]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (2, 'd487eed3-dba0-5e4b-bef6-1bf84f7abf36', 'ann', 'failed', 0, 6, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-failed","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-failed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-failed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-failed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id d487eed3-dba0-5e4b-bef6-1bf84f7abf36', 'ce0df95583ab62a8ad57656d141e3827c9b426b730c50cfd1efacda30cd8d3fd', 1, 1, 0, 'w1', NULL, false, NULL, 0, 2, 3, '[]', '{"title":"It failed","detail":"The model gave NaN."}', NULL, '2026-11-29 14:42:50.583595+00', '2026-11-29 14:42:50.583595+00', '2026-11-29 14:42:50.591592+00', '2026-11-29 14:42:50.595519+00', NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (3, '69d256d9-ed88-59bf-aa46-e223ad1f61af', 'ann', 'cancelled', 0, 18, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-cancelled","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-cancelled","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-cancelled","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-cancelled","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 69d256d9-ed88-59bf-aa46-e223ad1f61af', '42a699995a9ad9f1272fce860e37c7ed526a1c4f10cf323540f22f2af2539242', 0, 0, 0, NULL, NULL, true, NULL, 0, 2, 2, '[]', NULL, NULL, '2026-11-29 14:42:50.601341+00', '2026-11-29 14:42:50.601341+00', NULL, '2026-11-29 14:42:50.62802+00', NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (4, '29b19dff-1020-5b15-88c5-4b49ab1242c2', 'ann', 'succeeded', 0, 18, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-trashed","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-trashed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-trashed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-trashed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 29b19dff-1020-5b15-88c5-4b49ab1242c2', '612fd59f703c6a8ac9de470019e5137df2380a0367fd9fabdb93d9754e228eca', 1, 1, 0, 'w1', NULL, false, NULL, 0, 2, 3, '[{"name":"x","key":"jobs/29b19dff-1020-5b15-88c5-4b49ab1242c2/1/x.png","width":256,"height":128,"bytes":0,"residual":null,"stopped_at":null}]', NULL, 1, '2026-11-29 14:42:50.637061+00', '2026-11-29 14:42:50.637061+00', '2026-11-29 14:42:50.644835+00', '2026-11-29 14:42:50.64846+00', 1, NULL, 'panorama', false, '[]', '2026-11-29 14:42:50.651679+00', false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (5, 'd6b8f48c-8406-5f3d-a47f-48dc49b7545b', 'bob', 'succeeded', 0, 18, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-stopped","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-stopped","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-stopped","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-stopped","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id d6b8f48c-8406-5f3d-a47f-48dc49b7545b', '1a48b4bdb755ecbf9f6f00b92c83745579870491dce18863508df1c81cfcb42b', 1, 1, 0, 'w1', NULL, false, 'jobs/d6b8f48c-8406-5f3d-a47f-48dc49b7545b/1/checkpoint-1.safetensors', 1, 2, 5, '[{"name":"x","key":"jobs/d6b8f48c-8406-5f3d-a47f-48dc49b7545b/1/x.png","width":256,"height":128,"bytes":0,"residual":null,"stopped_at":null}]', NULL, 1, '2026-11-29 14:42:50.657362+00', '2026-11-29 14:42:50.657362+00', '2026-11-29 14:42:50.665345+00', '2026-11-29 14:42:50.673171+00', 1, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (7, 'dd8596de-a21a-5eb7-8658-fe6e6a543244', 'ann', 'running', 0, 30, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-lost","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-lost","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-lost","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-lost","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id dd8596de-a21a-5eb7-8658-fe6e6a543244', '6058962e470da1f7e2f32a508db73b7e60c919cc7992a64c857fd750fbc08b8b', 1, 1, 0, 'lost:1', '2026-11-29 14:42:50.713139+00', false, NULL, 1, 2, 3, '[]', NULL, NULL, '2026-11-29 14:42:50.701398+00', '2026-11-29 14:42:50.701398+00', '2026-11-29 14:42:50.70888+00', NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (6, '7eac093b-bdd3-5cb8-ac4c-412aed26a7eb', 'eve', 'running', 0, 18, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, eve-running","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-running","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-running","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-running","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 7eac093b-bdd3-5cb8-ac4c-412aed26a7eb', '8dbd3397252c9b851d35bc2a2a8482ea6d44c08e1ca1c494ca80221f6117a6aa', 1, 1, 0, 'lives:1', '2126-11-05 14:42:50.713383+00', false, NULL, 0, 2, 2, '[]', NULL, NULL, '2026-11-29 14:42:50.685856+00', '2026-11-29 14:42:50.685856+00', '2026-11-29 14:42:50.694558+00', NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (11, '1458f323-a114-5e03-971e-ce61536d1d86', 'bob', 'queued', 0, 30, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-1","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 1458f323-a114-5e03-971e-ce61536d1d86', '57aaedc92ec7f338fe5ee2bf01b765553f2a49d500024c477f45de844a3772c5', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.744689+00', '2026-11-29 14:42:50.744689+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (12, 'abda35d1-5407-5738-b67d-08f467b834c8', 'bob', 'queued', -1, 0, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-background","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-background","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-background","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-background","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id abda35d1-5407-5738-b67d-08f467b834c8', '5ff40c1010f211f2a5546884dde2997ad091f0125a365de60313c66c08f1b83c', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.752837+00', '2026-11-29 14:42:50.752837+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (13, '91e1d386-b648-5e82-9093-a0a0c4518a6c', 'bob', 'queued', 0, 42, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-2","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 91e1d386-b648-5e82-9093-a0a0c4518a6c', '57dd5dd1b9e5bc5875c5717152d4733a6ef56dc18b60b014b486715c913c0571', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.761026+00', '2026-11-29 14:42:50.761026+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (14, '5d80df3e-1a8a-56a9-860b-ac0d118494d5', 'eve', 'queued', 5, 30, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, eve-urgent","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-urgent","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-urgent","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-urgent","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 5d80df3e-1a8a-56a9-860b-ac0d118494d5', '8a7852ab9bd986668139eb3f951c551a2ef78328495f46e996bfcc00345064f1', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.769158+00', '2026-11-29 14:42:50.769158+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (15, 'e2b88696-55d6-5fd0-80f8-219f607533da', 'eve', 'queued', 0, 42, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, eve-1","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id e2b88696-55d6-5fd0-80f8-219f607533da', '77b3ecce0d99409c5dfc8021842374a12c931a82b14474d97bfca83d9ed647b3', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.776862+00', '2026-11-29 14:42:50.776862+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (16, 'ce76d621-ec32-5f4b-b0de-0de110a4e0a0', 'ann', 'queued', 0, 42, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-first","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-first","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-first","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-first","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id ce76d621-ec32-5f4b-b0de-0de110a4e0a0', '4220f22eda24e6ab77f8b20df64ff859578f7b560f350256f90587c8a9a02b6d', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.785771+00', '2026-11-29 14:42:50.785771+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (8, '9f99f391-42fa-5419-9e6e-75b7788a73e5', 'ann', 'queued', 0, 54, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-1","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 9f99f391-42fa-5419-9e6e-75b7788a73e5', 'c75a014fb7900034c4fcc118d8e6d42accd10a4220df58c29454756bbfd12844', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.718505+00', '2026-11-29 14:42:50.718505+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (9, '9e9ec580-52ff-5987-b46b-933a6146b5d5', 'ann', 'queued', 0, 66, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-2","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 9e9ec580-52ff-5987-b46b-933a6146b5d5', 'cffc1a36350b50aef4a93a158ebbb4d4b0ed9b54909c1514dc1ae1dda92c4447', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.72779+00', '2026-11-29 14:42:50.72779+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (10, 'afc45d11-d208-5bad-b41f-6c4f80b9f031', 'ann', 'queued', 0, 78, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-3","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-3","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-3","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-3","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id afc45d11-d208-5bad-b41f-6c4f80b9f031', '818f9205f45e3da36d08ac429194161b5194d671d17c98280a430fe186a05b9b', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.736174+00', '2026-11-29 14:42:50.736174+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.jobs VALUES (17, '146a68db-f3d6-5da4-a539-bf87be462911', 'bob', 'queued', 0, 54, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-paused","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 146a68db-f3d6-5da4-a539-bf87be462911', '5ca8a08ac9c552b169f9d77d26479a606527a79859e10f930291f3aa5f3f805f', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.798746+00', '2026-11-29 14:42:50.798746+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, true, 0);
INSERT INTO public.jobs VALUES (18, '1c6934ed-da72-5153-ac56-b8ec83a9bbd2', 'paul', 'queued', 0, 30, 12, 'tiny', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, paul-paused","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, paul-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, paul-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, paul-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}', 'id 1c6934ed-da72-5153-ac56-b8ec83a9bbd2', '1b443a3b036e9d0fde66199a920fb22331701c8ef41f4195a05569b25a799dc3', 0, 0, 0, NULL, NULL, false, NULL, 0, 2, 1, '[]', NULL, NULL, '2026-11-29 14:42:50.811729+00', '2026-11-29 14:42:50.811729+00', NULL, NULL, NULL, NULL, 'panorama', false, '[]', NULL, false, NULL, 0, false, 0);
INSERT INTO public.keys VALUES ('b46cc065-f89f-43da-b9f5-f76216433bca', 'zoe', 'e35b6ee2f064769097b67b52b394da466c4917a1387777a246ab576d8d94db86', 'inlay_seNu', '', 'read', '2026-11-29 14:42:50.514885+00', '2026-12-29 14:42:50.514885+00', NULL, NULL);
INSERT INTO public.keys VALUES ('53cb0efd-057d-48f5-a28f-50f26e4cded4', 'ann', '02b74171c4f1b56c3d9917c66c08b5e44261e233cfbf04829006a23b2aa0dd14', 'inlay_LZcC', 'laptop', 'admin', '2026-11-29 14:42:50.510333+00', NULL, '2026-11-29 14:42:50.519709+00', NULL);
INSERT INTO public.layout_uploads VALUES ('5f7e1416-78d1-4d21-9f10-4322c31ab381', '77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c');
INSERT INTO public.pauses VALUES ('paul');
INSERT INTO public.saved_layouts VALUES ('5f7e1416-78d1-4d21-9f10-4322c31ab381', 'ann', 'dunes', '{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-done","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":{"picture":"77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c","strength":0.5,"fit":"same","box":null,"mask":null,"keep":"outside","feather":16,"seed":null},"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}', '2026-11-29 14:42:50.678178+00', '2026-11-29 14:42:50.678178+00');
INSERT INTO public.sessions VALUES ('416c2513c332e4c488c2332e283356f930ec1517026874d79424593c1e111b97', '53cb0efd-057d-48f5-a28f-50f26e4cded4', NULL, '2026-11-29 14:42:50.520885+00', '2026-11-29 15:42:50.520885+00');
INSERT INTO public.shares VALUES ('eve', 54, 0, 0, '2026-11-29 14:42:50.683603+00');
INSERT INTO public.shares VALUES ('ann', 90, 0, 0, '2026-11-29 14:42:50.541375+00');
INSERT INTO public.shares VALUES ('bob', 66, 12, 0, '2026-11-29 14:42:50.655316+00');
INSERT INTO public.shares VALUES ('paul', 42, 0, 0, '2026-11-29 14:42:50.810349+00');
INSERT INTO public.uploads VALUES ('ann', '77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c', 256, 128, '2026-11-29 14:42:50.535039+00', '2026-11-29 14:42:50.679879+00', 422);
INSERT INTO public.users VALUES ('ann', false, '2026-11-29 14:42:50.502068+00');
INSERT INTO public.users VALUES ('bob', false, '2026-11-29 14:42:50.505967+00');
INSERT INTO public.users VALUES ('zoe', true, '2026-11-29 14:42:50.507604+00');
INSERT INTO public.virtual_clock VALUES (2, 0, 0);
INSERT INTO public.virtual_clock VALUES (3, 0, 0);
INSERT INTO public.virtual_clock VALUES (4, 0, 0);
INSERT INTO public.virtual_clock VALUES (5, 0, 0);
INSERT INTO public.virtual_clock VALUES (6, 0, 0);
INSERT INTO public.virtual_clock VALUES (7, 0, 0);
INSERT INTO public.virtual_clock VALUES (8, 0, 0);
INSERT INTO public.virtual_clock VALUES (9, 0, 0);
INSERT INTO public.virtual_clock VALUES (10, 0, 0);
INSERT INTO public.virtual_clock VALUES (11, 0, 0);
INSERT INTO public.virtual_clock VALUES (12, 0, 0);
INSERT INTO public.virtual_clock VALUES (13, 0, 0);
INSERT INTO public.virtual_clock VALUES (14, 0, 0);
INSERT INTO public.virtual_clock VALUES (15, 0, 0);
INSERT INTO public.virtual_clock VALUES (16, 0, 0);
INSERT INTO public.virtual_clock VALUES (17, 0, 0);
INSERT INTO public.virtual_clock VALUES (18, 0, 0);
INSERT INTO public.virtual_clock VALUES (19, 0, 0);
INSERT INTO public.virtual_clock VALUES (20, 0, 0);
INSERT INTO public.virtual_clock VALUES (21, 0, 0);
INSERT INTO public.virtual_clock VALUES (22, 0, 0);
INSERT INTO public.virtual_clock VALUES (23, 0, 0);
INSERT INTO public.virtual_clock VALUES (24, 0, 0);
INSERT INTO public.virtual_clock VALUES (25, 0, 0);
INSERT INTO public.virtual_clock VALUES (26, 0, 0);
INSERT INTO public.virtual_clock VALUES (27, 0, 0);
INSERT INTO public.virtual_clock VALUES (28, 0, 0);
INSERT INTO public.virtual_clock VALUES (29, 0, 0);
INSERT INTO public.virtual_clock VALUES (30, 0, 0);
INSERT INTO public.virtual_clock VALUES (31, 0, 0);
INSERT INTO public.virtual_clock VALUES (32, 0, 0);
INSERT INTO public.virtual_clock VALUES (33, 0, 0);
INSERT INTO public.virtual_clock VALUES (34, 0, 0);
INSERT INTO public.virtual_clock VALUES (35, 0, 0);
INSERT INTO public.virtual_clock VALUES (36, 0, 0);
INSERT INTO public.virtual_clock VALUES (37, 0, 0);
INSERT INTO public.virtual_clock VALUES (38, 0, 0);
INSERT INTO public.virtual_clock VALUES (39, 0, 0);
INSERT INTO public.virtual_clock VALUES (40, 0, 0);
INSERT INTO public.virtual_clock VALUES (41, 0, 0);
INSERT INTO public.virtual_clock VALUES (42, 0, 0);
INSERT INTO public.virtual_clock VALUES (43, 0, 0);
INSERT INTO public.virtual_clock VALUES (44, 0, 0);
INSERT INTO public.virtual_clock VALUES (45, 0, 0);
INSERT INTO public.virtual_clock VALUES (46, 0, 0);
INSERT INTO public.virtual_clock VALUES (47, 0, 0);
INSERT INTO public.virtual_clock VALUES (48, 0, 0);
INSERT INTO public.virtual_clock VALUES (49, 0, 0);
INSERT INTO public.virtual_clock VALUES (50, 0, 0);
INSERT INTO public.virtual_clock VALUES (51, 0, 0);
INSERT INTO public.virtual_clock VALUES (52, 0, 0);
INSERT INTO public.virtual_clock VALUES (53, 0, 0);
INSERT INTO public.virtual_clock VALUES (54, 0, 0);
INSERT INTO public.virtual_clock VALUES (55, 0, 0);
INSERT INTO public.virtual_clock VALUES (56, 0, 0);
INSERT INTO public.virtual_clock VALUES (57, 0, 0);
INSERT INTO public.virtual_clock VALUES (58, 0, 0);
INSERT INTO public.virtual_clock VALUES (59, 0, 0);
INSERT INTO public.virtual_clock VALUES (60, 0, 0);
INSERT INTO public.virtual_clock VALUES (61, 0, 0);
INSERT INTO public.virtual_clock VALUES (62, 0, 0);
INSERT INTO public.virtual_clock VALUES (63, 0, 0);
INSERT INTO public.virtual_clock VALUES (64, 0, 0);
INSERT INTO public.virtual_clock VALUES (1, 30, 0);
INSERT INTO public.webhook_secrets VALUES ('ann', 'whsec_hhambbMvUMH/gatMAB/7/6Nr35lT+nXjaYZErfhcdoE=', NULL);
INSERT INTO public.webhook_secrets VALUES ('eve', 'whsec_k5JIdK6Qoeqg3lVuO4BClXZoMWd0u3AImRQ7AYMGQpo=', NULL);
INSERT INTO public.webhooks VALUES ('5e5bdde8-84cd-4dd5-9073-c53b4080ba7b', 'ann', NULL, 'https://example.org/hook', '["job_succeeded"]', true, '2026-11-29 14:42:50.528399+00');
INSERT INTO public.webhooks VALUES ('4397a087-4ebb-4d17-98c2-42414f7779bc', 'eve', '7eac093b-bdd3-5cb8-ac4c-412aed26a7eb', 'https://example.org/one', '["job_failed"]', true, '2026-11-29 14:42:50.687962+00');
INSERT INTO public.webhooks VALUES ('cdbe3cb3-1a82-420b-830c-88fee9eff651', 'eve', 'e2b88696-55d6-5fd0-80f8-219f607533da', 'https://example.org/one', '["job_succeeded"]', true, '2026-11-29 14:42:50.778821+00');
SELECT pg_catalog.setval('public.audit_number_seq', 1, true);
SELECT pg_catalog.setval('public.jobs_number_seq', 18, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (number);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT pk_deliveries PRIMARY KEY (id);
ALTER TABLE ONLY public.deployment
    ADD CONSTRAINT pk_deployment PRIMARY KEY (id);
ALTER TABLE ONLY public.devices
    ADD CONSTRAINT pk_devices PRIMARY KEY (host);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT pk_events PRIMARY KEY (job_id, seq);
ALTER TABLE ONLY public.frame_packs
    ADD CONSTRAINT pk_frame_packs PRIMARY KEY (job_id, fence, first_step);
ALTER TABLE ONLY public.job_prompts
    ADD CONSTRAINT pk_job_prompts PRIMARY KEY (number);
ALTER TABLE ONLY public.job_tags
    ADD CONSTRAINT pk_job_tags PRIMARY KEY (number, tag);
ALTER TABLE ONLY public.job_uploads
    ADD CONSTRAINT pk_job_uploads PRIMARY KEY (job_id, upload);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT pk_jobs PRIMARY KEY (number);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT pk_keys PRIMARY KEY (id);
ALTER TABLE ONLY public.layout_uploads
    ADD CONSTRAINT pk_layout_uploads PRIMARY KEY (layout_id, upload);
ALTER TABLE ONLY public.pauses
    ADD CONSTRAINT pk_pauses PRIMARY KEY (owner);
ALTER TABLE ONLY public.saved_layouts
    ADD CONSTRAINT pk_saved_layouts PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (hash);
ALTER TABLE ONLY public.shares
    ADD CONSTRAINT pk_shares PRIMARY KEY (owner);
ALTER TABLE ONLY public.tickets
    ADD CONSTRAINT pk_tickets PRIMARY KEY (hash);
ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT pk_uploads PRIMARY KEY (owner, id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT pk_users PRIMARY KEY (name);
ALTER TABLE ONLY public.virtual_clock
    ADD CONSTRAINT pk_virtual_clock PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_secrets
    ADD CONSTRAINT pk_webhook_secrets PRIMARY KEY (owner);
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT pk_webhooks PRIMARY KEY (id);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT uq_jobs_id UNIQUE (id);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT uq_jobs_owner_idempotency_key UNIQUE (owner, idempotency_key);
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT uq_keys_hash UNIQUE (hash);
CREATE INDEX ix_audit_actor ON public.audit USING btree (actor, number);
CREATE INDEX ix_audit_at ON public.audit USING btree (at);
CREATE INDEX ix_audit_object ON public.audit USING btree (object, number);
CREATE INDEX ix_deliveries_due ON public.deliveries USING btree (state, next_at);
CREATE INDEX ix_deliveries_webhook ON public.deliveries USING btree (webhook, at);
CREATE INDEX ix_job_tags_owner ON public.job_tags USING btree (owner, tag, number);
CREATE INDEX ix_job_uploads_upload ON public.job_uploads USING btree (upload);
CREATE INDEX ix_jobs_bytes ON public.jobs USING btree (owner, bytes) WHERE (bytes > 0);
CREATE INDEX ix_jobs_claim ON public.jobs USING btree (state, priority DESC, virtual_start, number, owner, model, cost, first_step, steps);
CREATE INDEX ix_jobs_continues ON public.jobs USING btree (continues);
CREATE INDEX ix_jobs_finished ON public.jobs USING btree (state, model, finished_at);
CREATE INDEX ix_jobs_gallery ON public.jobs USING btree (owner, number, trashed_at, state, layout, model, favourite, created_at);
CREATE INDEX ix_jobs_lease ON public.jobs USING btree (state, lease_until);
CREATE INDEX ix_jobs_owner ON public.jobs USING btree (owner, state, priority DESC, virtual_start, number);
CREATE INDEX ix_jobs_trash ON public.jobs USING btree (trashed_at) WHERE (trashed_at IS NOT NULL);
CREATE INDEX ix_keys_owner ON public.keys USING btree (owner);
CREATE INDEX ix_layout_uploads_upload ON public.layout_uploads USING btree (upload);
CREATE INDEX ix_saved_layouts_owner ON public.saved_layouts USING btree (owner, updated_at);
CREATE INDEX ix_sessions_key_id ON public.sessions USING btree (key_id);
CREATE INDEX ix_uploads_used ON public.uploads USING btree (used_at);
CREATE INDEX ix_webhooks_job ON public.webhooks USING btree (job_id);
CREATE INDEX ix_webhooks_owner ON public.webhooks USING btree (owner, job_id);
ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT fk_deliveries_webhook_webhooks FOREIGN KEY (webhook) REFERENCES public.webhooks(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_job_id_jobs FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.frame_packs
    ADD CONSTRAINT fk_frame_packs_job_id_jobs FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.job_prompts
    ADD CONSTRAINT fk_job_prompts_number_jobs FOREIGN KEY (number) REFERENCES public.jobs(number) ON DELETE CASCADE;
ALTER TABLE ONLY public.job_tags
    ADD CONSTRAINT fk_job_tags_number_jobs FOREIGN KEY (number) REFERENCES public.jobs(number) ON DELETE CASCADE;
ALTER TABLE ONLY public.job_uploads
    ADD CONSTRAINT fk_job_uploads_job_id_jobs FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.keys
    ADD CONSTRAINT fk_keys_owner_users FOREIGN KEY (owner) REFERENCES public.users(name) ON DELETE CASCADE;
ALTER TABLE ONLY public.layout_uploads
    ADD CONSTRAINT fk_layout_uploads_layout_id_saved_layouts FOREIGN KEY (layout_id) REFERENCES public.saved_layouts(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_key_id_keys FOREIGN KEY (key_id) REFERENCES public.keys(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT fk_webhooks_job_id_jobs FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE CASCADE;
