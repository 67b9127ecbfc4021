BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0012');
CREATE TABLE audit (
	number INTEGER NOT NULL, 
	at VARCHAR(24) NOT NULL, 
	actor VARCHAR(255) NOT NULL, 
	means VARCHAR(64) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	action VARCHAR(64) NOT NULL, 
	object VARCHAR(255) NOT NULL, 
	request VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (number)
);
INSERT INTO "audit" VALUES(1,'2026-11-29T14:42:50.036Z','ann','command line','here','addUser','zoe','');
CREATE TABLE deliveries (
	id CHAR(32) NOT NULL, 
	webhook CHAR(32) NOT NULL, 
	job_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL, 
	event VARCHAR(32) NOT NULL, 
	body TEXT NOT NULL, 
	at VARCHAR(24) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at VARCHAR(24), 
	status INTEGER, 
	error TEXT, 
	CONSTRAINT pk_deliveries PRIMARY KEY (id), 
	CONSTRAINT ck_deliveries_state CHECK (state IN ('waiting', 'delivered', 'dead')), 
	CONSTRAINT fk_deliveries_webhook_webhooks FOREIGN KEY(webhook) REFERENCES webhooks (id) ON DELETE CASCADE
);
INSERT INTO "deliveries" VALUES('562663c529ca4dfd8b607262ac149e6c','cf226bba028a47ea80a4ac509e99d792','bc08ff3226c8508e9a8ca6b6b942fdb7',4,'job_succeeded','{"outputs":[{"name":"x","url":"/api/jobs/bc08ff32-26c8-508e-9a8c-a6b6b942fdb7/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}','2026-11-29T14:42:50.078Z','waiting',0,'2026-11-29T14:42:50.078Z',NULL,NULL);
INSERT INTO "deliveries" VALUES('141e57571909419284c45a8a502d2d02','cf226bba028a47ea80a4ac509e99d792','29b19dff10205b1588c54b49ab1242c2',3,'job_succeeded','{"outputs":[{"name":"x","url":"/api/jobs/29b19dff-1020-5b15-88c5-4b49ab1242c2/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}','2026-11-29T14:42:50.114Z','waiting',0,'2026-11-29T14:42:50.114Z',NULL,NULL);
CREATE TABLE deployment (
	id CHAR(32) NOT NULL, 
	CONSTRAINT pk_deployment PRIMARY KEY (id)
);
INSERT INTO "deployment" VALUES('07dfb9ca75b6411dac85f84576f49e65');
CREATE TABLE devices (
	host VARCHAR(255) NOT NULL, 
	budget_bytes BIGINT NOT NULL, 
	seen_at VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_devices PRIMARY KEY (host)
);
INSERT INTO "devices" VALUES('gpu-1',12884901888,'2026-11-29T14:42:50.037Z');
CREATE TABLE events (
	job_id CHAR(32) NOT NULL, 
	seq BIGINT NOT NULL, 
	type VARCHAR(32) NOT NULL, 
	at VARCHAR(24) NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (job_id, seq), 
	CONSTRAINT fk_events_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "events" VALUES('bc08ff3226c8508e9a8ca6b6b942fdb7',1,'job_queued','2026-11-29T14:42:50.064Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('bc08ff3226c8508e9a8ca6b6b942fdb7',2,'job_started','2026-11-29T14:42:50.072Z','{"attempt":1,"worker":"w1"}');
INSERT INTO "events" VALUES('bc08ff3226c8508e9a8ca6b6b942fdb7',3,'job_progress','2026-11-29T14:42:50.075Z','{"step":1,"of":2,"residual":{"y":0.5},"step_sizes":{"y":1.0},"seconds":0.1}');
INSERT INTO "events" VALUES('bc08ff3226c8508e9a8ca6b6b942fdb7',4,'job_succeeded','2026-11-29T14:42:50.077Z','{"outputs":[{"name":"x","url":"/api/jobs/bc08ff32-26c8-508e-9a8c-a6b6b942fdb7/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}');
INSERT INTO "events" VALUES('d487eed3dba05e4bbef61bf84f7abf36',1,'job_queued','2026-11-29T14:42:50.084Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('d487eed3dba05e4bbef61bf84f7abf36',2,'job_started','2026-11-29T14:42:50.088Z','{"attempt":1,"worker":"w1"}');
INSERT INTO "events" VALUES('d487eed3dba05e4bbef61bf84f7abf36',3,'job_failed','2026-11-29T14:42:50.091Z','{"error":{"title":"It failed","detail":"The model gave NaN."}}');
INSERT INTO "events" VALUES('69d256d9ed8859bfaa46e223ad1f61af',1,'job_queued','2026-11-29T14:42:50.097Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('69d256d9ed8859bfaa46e223ad1f61af',2,'job_cancelled','2026-11-29T14:42:50.103Z','{}');
INSERT INTO "events" VALUES('29b19dff10205b1588c54b49ab1242c2',1,'job_queued','2026-11-29T14:42:50.108Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('29b19dff10205b1588c54b49ab1242c2',2,'job_started','2026-11-29T14:42:50.112Z','{"attempt":1,"worker":"w1"}');
INSERT INTO "events" VALUES('29b19dff10205b1588c54b49ab1242c2',3,'job_succeeded','2026-11-29T14:42:50.114Z','{"outputs":[{"name":"x","url":"/api/jobs/29b19dff-1020-5b15-88c5-4b49ab1242c2/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}');
INSERT INTO "events" VALUES('d6b8f48c84065f3da47f48dc49b7545b',1,'job_queued','2026-11-29T14:42:50.120Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('d6b8f48c84065f3da47f48dc49b7545b',2,'job_started','2026-11-29T14:42:50.123Z','{"attempt":1,"worker":"w1"}');
INSERT INTO "events" VALUES('d6b8f48c84065f3da47f48dc49b7545b',3,'job_progress','2026-11-29T14:42:50.125Z','{"step":1,"of":2,"residual":{"y":0.5},"step_sizes":{"y":1.0},"seconds":0.1}');
INSERT INTO "events" VALUES('d6b8f48c84065f3da47f48dc49b7545b',4,'job_notice','2026-11-29T14:42:50.128Z','{"step":1,"detail":"Stopped after step 1 of 2."}');
INSERT INTO "events" VALUES('d6b8f48c84065f3da47f48dc49b7545b',5,'job_succeeded','2026-11-29T14:42:50.128Z','{"outputs":[{"name":"x","url":"/api/jobs/d6b8f48c-8406-5f3d-a47f-48dc49b7545b/images/x","width":256,"height":128,"residual":null,"stopped_at":null}],"seconds":1.0}');
INSERT INTO "events" VALUES('7eac093bbdd35cb8ac4c412aed26a7eb',1,'job_queued','2026-11-29T14:42:50.137Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('7eac093bbdd35cb8ac4c412aed26a7eb',2,'job_started','2026-11-29T14:42:50.141Z','{"attempt":1,"worker":"lives:1"}');
INSERT INTO "events" VALUES('dd8596dea21a5eb78658fe6e6a543244',1,'job_queued','2026-11-29T14:42:50.145Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('dd8596dea21a5eb78658fe6e6a543244',2,'job_started','2026-11-29T14:42:50.148Z','{"attempt":1,"worker":"lost:1"}');
INSERT INTO "events" VALUES('dd8596dea21a5eb78658fe6e6a543244',3,'job_progress','2026-11-29T14:42:50.149Z','{"step":1,"of":2,"residual":{"y":0.5},"step_sizes":{"y":1.0},"seconds":0.1}');
INSERT INTO "events" VALUES('9f99f39142fa54199e6e75b7788a73e5',1,'job_queued','2026-11-29T14:42:50.154Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('9e9ec58052ff5987b46b933a6146b5d5',1,'job_queued','2026-11-29T14:42:50.159Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('afc45d11d2085badb41f6c4f80b9f031',1,'job_queued','2026-11-29T14:42:50.165Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('1458f323a1145e03971ece61536d1d86',1,'job_queued','2026-11-29T14:42:50.172Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('abda35d154075738b67d08f467b834c8',1,'job_queued','2026-11-29T14:42:50.178Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('91e1d386b6485e829093a0a0c4518a6c',1,'job_queued','2026-11-29T14:42:50.186Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('5d80df3e1a8a56a9860bac0d118494d5',1,'job_queued','2026-11-29T14:42:50.191Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('e2b8869655d65fd080f8219f607533da',1,'job_queued','2026-11-29T14:42:50.197Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('ce76d621ec325f4bb0de0de110a4e0a0',1,'job_queued','2026-11-29T14:42:50.202Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('146a68dbf3d65da4a539bf87be462911',1,'job_queued','2026-11-29T14:42:50.210Z','{"reason":null,"retry_at":null}');
INSERT INTO "events" VALUES('1c6934edda725153ac56b8ec83a9bbd2',1,'job_queued','2026-11-29T14:42:50.219Z','{"reason":null,"retry_at":null}');
CREATE TABLE frame_packs (
	job_id CHAR(32) NOT NULL, 
	fence BIGINT NOT NULL, 
	first_step INTEGER NOT NULL, 
	last_step INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	contents TEXT NOT NULL, bytes BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_frame_packs PRIMARY KEY (job_id, fence, first_step), 
	CONSTRAINT fk_frame_packs_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
CREATE TABLE job_prompts (
	number INTEGER NOT NULL, 
	prompts TEXT NOT NULL, 
	CONSTRAINT pk_job_prompts PRIMARY KEY (number), 
	CONSTRAINT fk_job_prompts_number_jobs FOREIGN KEY(number) REFERENCES jobs (number) ON DELETE CASCADE
);
INSERT INTO "job_prompts" VALUES(1,'a desert, ann-done');
INSERT INTO "job_prompts" VALUES(2,'a desert, ann-failed');
INSERT INTO "job_prompts" VALUES(3,'a desert, ann-cancelled');
INSERT INTO "job_prompts" VALUES(4,'a desert, ann-trashed');
INSERT INTO "job_prompts" VALUES(5,'a desert, bob-stopped');
INSERT INTO "job_prompts" VALUES(6,'a desert, eve-running');
INSERT INTO "job_prompts" VALUES(7,'a desert, ann-lost');
INSERT INTO "job_prompts" VALUES(8,'a desert, ann-1');
INSERT INTO "job_prompts" VALUES(9,'a desert, ann-2');
INSERT INTO "job_prompts" VALUES(10,'a desert, ann-3');
INSERT INTO "job_prompts" VALUES(11,'a desert, bob-1');
INSERT INTO "job_prompts" VALUES(12,'a desert, bob-background');
INSERT INTO "job_prompts" VALUES(13,'a desert, bob-2');
INSERT INTO "job_prompts" VALUES(14,'a desert, eve-urgent');
INSERT INTO "job_prompts" VALUES(15,'a desert, eve-1');
INSERT INTO "job_prompts" VALUES(16,'a desert, ann-first');
INSERT INTO "job_prompts" VALUES(17,'a desert, bob-paused');
INSERT INTO "job_prompts" VALUES(18,'a desert, paul-paused');
CREATE TABLE job_tags (
	number INTEGER NOT NULL, 
	tag VARCHAR(40) NOT NULL, 
	owner VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_job_tags PRIMARY KEY (number, tag), 
	CONSTRAINT fk_job_tags_number_jobs FOREIGN KEY(number) REFERENCES jobs (number) ON DELETE CASCADE
);
INSERT INTO "job_tags" VALUES(1,'dunes','ann');
INSERT INTO "job_tags" VALUES(1,'Ærø','ann');
CREATE TABLE job_uploads (
	job_id CHAR(32) NOT NULL, 
	upload VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_job_uploads PRIMARY KEY (job_id, upload), 
	CONSTRAINT fk_job_uploads_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_uploads" VALUES('bc08ff3226c8508e9a8ca6b6b942fdb7','77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c');
CREATE TABLE jobs (
	number INTEGER NOT NULL, 
	id CHAR(32) NOT NULL, 
	owner VARCHAR(255) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	priority INTEGER NOT NULL, 
	virtual_start BIGINT NOT NULL, 
	cost BIGINT NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	spec TEXT NOT NULL, 
	graph TEXT NOT NULL, 
	idempotency_key VARCHAR(255), 
	fingerprint VARCHAR(64) NOT NULL, 
	fence BIGINT NOT NULL, 
	attempt INTEGER NOT NULL, 
	skips INTEGER NOT NULL, 
	worker VARCHAR(255), 
	lease_until VARCHAR(24), 
	cancel_requested BOOLEAN NOT NULL, 
	checkpoint TEXT, 
	step INTEGER NOT NULL, 
	steps INTEGER NOT NULL, 
	last_seq BIGINT NOT NULL, 
	outputs TEXT NOT NULL, 
	error TEXT, 
	seconds DOUBLE, 
	created_at VARCHAR(24) NOT NULL, 
	queued_at VARCHAR(24) NOT NULL, 
	started_at VARCHAR(24), 
	finished_at VARCHAR(24), steady_seconds DOUBLE, not_before VARCHAR(24), layout VARCHAR(16) DEFAULT '' NOT NULL, favourite BOOLEAN DEFAULT 0 NOT NULL, tags TEXT DEFAULT '[]' NOT NULL, trashed_at VARCHAR(24), stop_requested BOOLEAN DEFAULT 0 NOT NULL, continues CHAR(32), first_step INTEGER DEFAULT '0' NOT NULL, paused BOOLEAN DEFAULT 0 NOT NULL, bytes BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (number), 
	CONSTRAINT ck_jobs_state CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')), 
	CONSTRAINT uq_jobs_id UNIQUE (id), 
	CONSTRAINT uq_jobs_owner_idempotency_key UNIQUE (owner, idempotency_key)
);
INSERT INTO "jobs" VALUES(1,'bc08ff3226c8508e9a8ca6b6b942fdb7','ann','succeeded',0,0,6,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-done","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":{"picture":"77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c","strength":0.5,"fit":"same","box":null,"mask":null,"keep":"outside","feather":16,"seed":null},"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-done","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-done","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-done","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id bc08ff32-26c8-508e-9a8c-a6b6b942fdb7','98d5a8af708a2cf796945e6b8abed47cf8b3bc02518cb9ae035463b25acdcb06',1,1,0,'w1',NULL,0,NULL,1,2,4,'[{"name":"x","key":"jobs/bc08ff32-26c8-508e-9a8c-a6b6b942fdb7/1/x.png","width":256,"height":128,"bytes":0,"residual":null,"stopped_at":null}]',NULL,1.0,'2026-11-29T14:42:50.061Z','2026-11-29T14:42:50.061Z','2026-11-29T14:42:50.071Z','2026-11-29T14:42:50.077Z',1.0,NULL,'panorama',1,'["dunes", "Ærø"]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(2,'d487eed3dba05e4bbef61bf84f7abf36','ann','failed',0,6,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-failed","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-failed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-failed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-failed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id d487eed3-dba0-5e4b-bef6-1bf84f7abf36','ce0df95583ab62a8ad57656d141e3827c9b426b730c50cfd1efacda30cd8d3fd',1,1,0,'w1',NULL,0,NULL,0,2,3,'[]','{"title":"It failed","detail":"The model gave NaN."}',NULL,'2026-11-29T14:42:50.083Z','2026-11-29T14:42:50.083Z','2026-11-29T14:42:50.088Z','2026-11-29T14:42:50.090Z',NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(3,'69d256d9ed8859bfaa46e223ad1f61af','ann','cancelled',0,18,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-cancelled","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-cancelled","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-cancelled","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-cancelled","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 69d256d9-ed88-59bf-aa46-e223ad1f61af','42a699995a9ad9f1272fce860e37c7ed526a1c4f10cf323540f22f2af2539242',0,0,0,NULL,NULL,1,NULL,0,2,2,'[]',NULL,NULL,'2026-11-29T14:42:50.096Z','2026-11-29T14:42:50.096Z',NULL,'2026-11-29T14:42:50.101Z',NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(4,'29b19dff10205b1588c54b49ab1242c2','ann','succeeded',0,18,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-trashed","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-trashed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-trashed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-trashed","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 29b19dff-1020-5b15-88c5-4b49ab1242c2','612fd59f703c6a8ac9de470019e5137df2380a0367fd9fabdb93d9754e228eca',1,1,0,'w1',NULL,0,NULL,0,2,3,'[{"name":"x","key":"jobs/29b19dff-1020-5b15-88c5-4b49ab1242c2/1/x.png","width":256,"height":128,"bytes":0,"residual":null,"stopped_at":null}]',NULL,1.0,'2026-11-29T14:42:50.107Z','2026-11-29T14:42:50.107Z','2026-11-29T14:42:50.112Z','2026-11-29T14:42:50.114Z',1.0,NULL,'panorama',0,'[]','2026-11-29T14:42:50.116Z',0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(5,'d6b8f48c84065f3da47f48dc49b7545b','bob','succeeded',0,18,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-stopped","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-stopped","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-stopped","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-stopped","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id d6b8f48c-8406-5f3d-a47f-48dc49b7545b','1a48b4bdb755ecbf9f6f00b92c83745579870491dce18863508df1c81cfcb42b',1,1,0,'w1',NULL,0,'jobs/d6b8f48c-8406-5f3d-a47f-48dc49b7545b/1/checkpoint-1.safetensors',1,2,5,'[{"name":"x","key":"jobs/d6b8f48c-8406-5f3d-a47f-48dc49b7545b/1/x.png","width":256,"height":128,"bytes":0,"residual":null,"stopped_at":null}]',NULL,1.0,'2026-11-29T14:42:50.119Z','2026-11-29T14:42:50.119Z','2026-11-29T14:42:50.123Z','2026-11-29T14:42:50.128Z',1.0,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(6,'7eac093bbdd35cb8ac4c412aed26a7eb','eve','running',0,18,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, eve-running","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-running","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-running","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-running","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 7eac093b-bdd3-5cb8-ac4c-412aed26a7eb','8dbd3397252c9b851d35bc2a2a8482ea6d44c08e1ca1c494ca80221f6117a6aa',1,1,0,'lives:1','2126-11-05T14:42:50.150Z',0,NULL,0,2,2,'[]',NULL,NULL,'2026-11-29T14:42:50.136Z','2026-11-29T14:42:50.136Z','2026-11-29T14:42:50.140Z',NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(7,'dd8596dea21a5eb78658fe6e6a543244','ann','running',0,30,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-lost","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-lost","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-lost","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-lost","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id dd8596de-a21a-5eb7-8658-fe6e6a543244','6058962e470da1f7e2f32a508db73b7e60c919cc7992a64c857fd750fbc08b8b',1,1,0,'lost:1','2026-11-29T14:42:50.150Z',0,NULL,1,2,3,'[]',NULL,NULL,'2026-11-29T14:42:50.144Z','2026-11-29T14:42:50.144Z','2026-11-29T14:42:50.148Z',NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(8,'9f99f39142fa54199e6e75b7788a73e5','ann','queued',0,54,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-1","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 9f99f391-42fa-5419-9e6e-75b7788a73e5','c75a014fb7900034c4fcc118d8e6d42accd10a4220df58c29454756bbfd12844',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.153Z','2026-11-29T14:42:50.153Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(9,'9e9ec58052ff5987b46b933a6146b5d5','ann','queued',0,66,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-2","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 9e9ec580-52ff-5987-b46b-933a6146b5d5','cffc1a36350b50aef4a93a158ebbb4d4b0ed9b54909c1514dc1ae1dda92c4447',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.158Z','2026-11-29T14:42:50.158Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(10,'afc45d11d2085badb41f6c4f80b9f031','ann','queued',0,78,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-3","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-3","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-3","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-3","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id afc45d11-d208-5bad-b41f-6c4f80b9f031','818f9205f45e3da36d08ac429194161b5194d671d17c98280a430fe186a05b9b',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.164Z','2026-11-29T14:42:50.164Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(11,'1458f323a1145e03971ece61536d1d86','bob','queued',0,30,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-1","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 1458f323-a114-5e03-971e-ce61536d1d86','57aaedc92ec7f338fe5ee2bf01b765553f2a49d500024c477f45de844a3772c5',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.171Z','2026-11-29T14:42:50.171Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(12,'abda35d154075738b67d08f467b834c8','bob','queued',-1,0,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-background","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-background","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-background","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-background","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id abda35d1-5407-5738-b67d-08f467b834c8','5ff40c1010f211f2a5546884dde2997ad091f0125a365de60313c66c08f1b83c',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.177Z','2026-11-29T14:42:50.177Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(13,'91e1d386b6485e829093a0a0c4518a6c','bob','queued',0,42,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-2","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-2","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 91e1d386-b648-5e82-9093-a0a0c4518a6c','57dd5dd1b9e5bc5875c5717152d4733a6ef56dc18b60b014b486715c913c0571',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.185Z','2026-11-29T14:42:50.185Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(14,'5d80df3e1a8a56a9860bac0d118494d5','eve','queued',5,30,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, eve-urgent","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-urgent","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-urgent","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-urgent","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 5d80df3e-1a8a-56a9-860b-ac0d118494d5','8a7852ab9bd986668139eb3f951c551a2ef78328495f46e996bfcc00345064f1',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.190Z','2026-11-29T14:42:50.190Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(15,'e2b8869655d65fd080f8219f607533da','eve','queued',0,42,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, eve-1","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, eve-1","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id e2b88696-55d6-5fd0-80f8-219f607533da','77b3ecce0d99409c5dfc8021842374a12c931a82b14474d97bfca83d9ed647b3',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.195Z','2026-11-29T14:42:50.195Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(16,'ce76d621ec325f4bb0de0de110a4e0a0','ann','queued',0,42,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-first","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-first","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-first","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, ann-first","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id ce76d621-ec32-5f4b-b0de-0de110a4e0a0','4220f22eda24e6ab77f8b20df64ff859578f7b560f350256f90587c8a9a02b6d',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.201Z','2026-11-29T14:42:50.201Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
INSERT INTO "jobs" VALUES(17,'146a68dbf3d65da4a539bf87be462911','bob','queued',0,54,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, bob-paused","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, bob-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 146a68db-f3d6-5da4-a539-bf87be462911','5ca8a08ac9c552b169f9d77d26479a606527a79859e10f930291f3aa5f3f805f',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.209Z','2026-11-29T14:42:50.209Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,1,0);
INSERT INTO "jobs" VALUES(18,'1c6934edda725153ac56b8ec83a9bbd2','paul','queued',0,30,12,'tiny','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, paul-paused","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":null,"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','{"controls":[{"name":"x","width":32,"height":16,"wrap":"none","reseeds":[],"channels":8}],"observables":[{"name":"y1","operator":{"kind":"crop","control":"x","box":{"x":0,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, paul-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y2","operator":{"kind":"crop","control":"x","box":{"x":8,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, paul-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}},{"name":"y3","operator":{"kind":"crop","control":"x","box":{"x":16,"y":0,"width":16,"height":16},"shifts":false},"patch":null,"seed":null,"count":1.0,"prompted":{"prompt":"a desert, paul-paused","negative_prompt":"","pose":null,"picture":null,"loras":[],"reference":null,"guidance":3.0,"guidance_rescale":0.0,"model":"tiny"},"precision":{"weight":1.0,"inside":null,"outside":[],"active":[0.0,1.0],"fade":null,"span":null,"shape":"uniform","group":"windows"}}],"laws":[],"outputs":[{"node":"x","operator":null,"width":256,"height":128}],"masks":{},"shift":null}','id 1c6934ed-da72-5153-ac56-b8ec83a9bbd2','1b443a3b036e9d0fde66199a920fb22331701c8ef41f4195a05569b25a799dc3',0,0,0,NULL,NULL,0,NULL,0,2,1,'[]',NULL,NULL,'2026-11-29T14:42:50.218Z','2026-11-29T14:42:50.218Z',NULL,NULL,NULL,NULL,'panorama',0,'[]',NULL,0,NULL,0,0,0);
CREATE TABLE keys (
	id CHAR(32) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	hint VARCHAR(16) NOT NULL, 
	label VARCHAR(80) NOT NULL, 
	scope VARCHAR(8) NOT NULL, 
	created_at VARCHAR(24) NOT NULL, 
	expires_at VARCHAR(24), 
	used_at VARCHAR(24), 
	revoked_at VARCHAR(24), 
	CONSTRAINT pk_keys PRIMARY KEY (id), 
	CONSTRAINT uq_keys_hash UNIQUE (hash), 
	CONSTRAINT fk_keys_owner_users FOREIGN KEY(owner) REFERENCES users (name) ON DELETE CASCADE
);
INSERT INTO "keys" VALUES('042f0f5580144342ac9c2c210af70b9b','ann','02b74171c4f1b56c3d9917c66c08b5e44261e233cfbf04829006a23b2aa0dd14','inlay_BFgu','laptop','admin','2026-11-29T14:42:50.029Z',NULL,'2026-11-29T14:42:50.034Z',NULL);
INSERT INTO "keys" VALUES('15922802825c44fa94cf4e5a787ba874','zoe','19dc0f19a255ee3df21dc20cd5d282c9524b63dc6d2025ae3b70c6fd0025b51e','inlay_TN9V','','read','2026-11-29T14:42:50.032Z','2026-12-29T14:42:50.032Z',NULL,NULL);
CREATE TABLE layout_uploads (
	layout_id CHAR(32) NOT NULL, 
	upload VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_layout_uploads PRIMARY KEY (layout_id, upload), 
	CONSTRAINT fk_layout_uploads_layout_id_saved_layouts FOREIGN KEY(layout_id) REFERENCES saved_layouts (id) ON DELETE CASCADE
);
INSERT INTO "layout_uploads" VALUES('5b3f150fb6a346b09c55fe859c64f247','77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c');
CREATE TABLE pauses (
	owner VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_pauses PRIMARY KEY (owner)
);
INSERT INTO "pauses" VALUES('paul');
CREATE TABLE saved_layouts (
	id CHAR(32) NOT NULL, 
	owner VARCHAR(255) NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	document TEXT NOT NULL, 
	created_at VARCHAR(24) NOT NULL, 
	updated_at VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_saved_layouts PRIMARY KEY (id)
);
INSERT INTO "saved_layouts" VALUES('5b3f150fb6a346b09c55fe859c64f247','ann','dunes','{"layout":{"kind":"panorama","canvas":{"width":256,"height":128,"wrap":"none"},"axis":"x","prompt":"a desert, ann-done","windows":null,"positions":null,"negative_prompt":"","guides":[]},"sampling":{"model":"tiny","steps":2,"scheduler":"ddim","guidance":3.0,"guidance_rescale":0.0,"eta":0.0,"fresh":null,"seed":1,"agree":{"solver":"diagonal","step_size":"fixed","iterations":null,"rate":null,"space":"latent"},"harmonise":0,"corrector_steps":0,"coarse":{"weight":0.0,"prompt":null,"guidance":null,"active":[0.0,1.0],"fade":null},"windows":{"size":128,"stride":64,"weights":"uniform","shift":false},"finer":[]},"start":{"picture":"77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c","strength":0.5,"fit":"same","box":null,"mask":null,"keep":"outside","feather":16,"seed":null},"preview":{"every":1,"keep":"outputs"},"outputs":["x"],"images":1,"keep":null,"models":[{"id":"tiny","revision":"1","sha256":"aaee3344a690ba19e858af05a6e939ef7bd642acb84c9ca029d2797529323bc9"}],"adapters":null}','2026-11-29T14:42:50.130Z','2026-11-29T14:42:50.130Z');
CREATE TABLE sessions (
	hash VARCHAR(64) NOT NULL, 
	key_id CHAR(32), 
	entry VARCHAR(64), 
	created_at VARCHAR(24) NOT NULL, 
	expires_at VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (hash), 
	CONSTRAINT fk_sessions_key_id_keys FOREIGN KEY(key_id) REFERENCES keys (id) ON DELETE CASCADE
);
INSERT INTO "sessions" VALUES('6d74220c8b391f54ad0921fd23792eb45bedbbcb6faefd27ecd747d82c7a6616','042f0f5580144342ac9c2c210af70b9b',NULL,'2026-11-29T14:42:50.035Z','2026-11-29T15:42:50.035Z');
CREATE TABLE shares (
	owner VARCHAR(255) NOT NULL, 
	virtual_finish BIGINT NOT NULL, background_finish BIGINT DEFAULT '0' NOT NULL, spent DOUBLE DEFAULT '0' NOT NULL, spent_at VARCHAR(24), 
	CONSTRAINT pk_shares PRIMARY KEY (owner)
);
INSERT INTO "shares" VALUES('ann',90,0,0.0,'2026-11-29T14:42:50.058Z');
INSERT INTO "shares" VALUES('bob',66,12,0.0,'2026-11-29T14:42:50.118Z');
INSERT INTO "shares" VALUES('eve',54,0,0.0,'2026-11-29T14:42:50.134Z');
INSERT INTO "shares" VALUES('paul',42,0,0.0,'2026-11-29T14:42:50.217Z');
CREATE TABLE tickets (
	hash VARCHAR(64) NOT NULL, 
	caller TEXT NOT NULL, 
	expires_at VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_tickets PRIMARY KEY (hash)
);
CREATE TABLE "uploads" (
	owner VARCHAR(255) NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	created_at VARCHAR(24) NOT NULL, 
	used_at VARCHAR(24) NOT NULL, bytes BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_uploads PRIMARY KEY (owner, id)
);
INSERT INTO "uploads" VALUES('ann','77aab57f6cc94e29d5691429c277bc62abd7326819b90a973bd0587fe920966c',256,128,'2026-11-29T14:42:50.050Z','2026-11-29T14:42:50.131Z',422);
CREATE TABLE users (
	name VARCHAR(64) NOT NULL, 
	disabled BOOLEAN NOT NULL, 
	created_at VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (name)
);
INSERT INTO "users" VALUES('ann',0,'2026-11-29T14:42:50.016Z');
INSERT INTO "users" VALUES('bob',0,'2026-11-29T14:42:50.026Z');
INSERT INTO "users" VALUES('zoe',1,'2026-11-29T14:42:50.027Z');
CREATE TABLE virtual_clock (
	id INTEGER NOT NULL, 
	now BIGINT NOT NULL, background BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_virtual_clock PRIMARY KEY (id)
);
INSERT INTO "virtual_clock" VALUES(1,30,0);
INSERT INTO "virtual_clock" VALUES(2,0,0);
INSERT INTO "virtual_clock" VALUES(3,0,0);
INSERT INTO "virtual_clock" VALUES(4,0,0);
INSERT INTO "virtual_clock" VALUES(5,0,0);
INSERT INTO "virtual_clock" VALUES(6,0,0);
INSERT INTO "virtual_clock" VALUES(7,0,0);
INSERT INTO "virtual_clock" VALUES(8,0,0);
INSERT INTO "virtual_clock" VALUES(9,0,0);
INSERT INTO "virtual_clock" VALUES(10,0,0);
INSERT INTO "virtual_clock" VALUES(11,0,0);
INSERT INTO "virtual_clock" VALUES(12,0,0);
INSERT INTO "virtual_clock" VALUES(13,0,0);
INSERT INTO "virtual_clock" VALUES(14,0,0);
INSERT INTO "virtual_clock" VALUES(15,0,0);
INSERT INTO "virtual_clock" VALUES(16,0,0);
INSERT INTO "virtual_clock" VALUES(17,0,0);
INSERT INTO "virtual_clock" VALUES(18,0,0);
INSERT INTO "virtual_clock" VALUES(19,0,0);
INSERT INTO "virtual_clock" VALUES(20,0,0);
INSERT INTO "virtual_clock" VALUES(21,0,0);
INSERT INTO "virtual_clock" VALUES(22,0,0);
INSERT INTO "virtual_clock" VALUES(23,0,0);
INSERT INTO "virtual_clock" VALUES(24,0,0);
INSERT INTO "virtual_clock" VALUES(25,0,0);
INSERT INTO "virtual_clock" VALUES(26,0,0);
INSERT INTO "virtual_clock" VALUES(27,0,0);
INSERT INTO "virtual_clock" VALUES(28,0,0);
INSERT INTO "virtual_clock" VALUES(29,0,0);
INSERT INTO "virtual_clock" VALUES(30,0,0);
INSERT INTO "virtual_clock" VALUES(31,0,0);
INSERT INTO "virtual_clock" VALUES(32,0,0);
INSERT INTO "virtual_clock" VALUES(33,0,0);
INSERT INTO "virtual_clock" VALUES(34,0,0);
INSERT INTO "virtual_clock" VALUES(35,0,0);
INSERT INTO "virtual_clock" VALUES(36,0,0);
INSERT INTO "virtual_clock" VALUES(37,0,0);
INSERT INTO "virtual_clock" VALUES(38,0,0);
INSERT INTO "virtual_clock" VALUES(39,0,0);
INSERT INTO "virtual_clock" VALUES(40,0,0);
INSERT INTO "virtual_clock" VALUES(41,0,0);
INSERT INTO "virtual_clock" VALUES(42,0,0);
INSERT INTO "virtual_clock" VALUES(43,0,0);
INSERT INTO "virtual_clock" VALUES(44,0,0);
INSERT INTO "virtual_clock" VALUES(45,0,0);
INSERT INTO "virtual_clock" VALUES(46,0,0);
INSERT INTO "virtual_clock" VALUES(47,0,0);
INSERT INTO "virtual_clock" VALUES(48,0,0);
INSERT INTO "virtual_clock" VALUES(49,0,0);
INSERT INTO "virtual_clock" VALUES(50,0,0);
INSERT INTO "virtual_clock" VALUES(51,0,0);
INSERT INTO "virtual_clock" VALUES(52,0,0);
INSERT INTO "virtual_clock" VALUES(53,0,0);
INSERT INTO "virtual_clock" VALUES(54,0,0);
INSERT INTO "virtual_clock" VALUES(55,0,0);
INSERT INTO "virtual_clock" VALUES(56,0,0);
INSERT INTO "virtual_clock" VALUES(57,0,0);
INSERT INTO "virtual_clock" VALUES(58,0,0);
INSERT INTO "virtual_clock" VALUES(59,0,0);
INSERT INTO "virtual_clock" VALUES(60,0,0);
INSERT INTO "virtual_clock" VALUES(61,0,0);
INSERT INTO "virtual_clock" VALUES(62,0,0);
INSERT INTO "virtual_clock" VALUES(63,0,0);
INSERT INTO "virtual_clock" VALUES(64,0,0);
CREATE TABLE webhook_secrets (
	owner VARCHAR(255) NOT NULL, 
	secret VARCHAR(64) NOT NULL, 
	former VARCHAR(64), 
	CONSTRAINT pk_webhook_secrets PRIMARY KEY (owner)
);
INSERT INTO "webhook_secrets" VALUES('ann','whsec_V9OXgyopHjr/SzkU7ahN99ONtCrB54M73Yn9ZBoZbBg=',NULL);
INSERT INTO "webhook_secrets" VALUES('eve','whsec_a/a3RCC6zCZelY3YcWO3lrvYiwytA6nNIeKxrEwfeb0=',NULL);
CREATE TABLE webhooks (
	id CHAR(32) NOT NULL, 
	owner VARCHAR(255) NOT NULL, 
	job_id CHAR(32), 
	url TEXT NOT NULL, 
	events TEXT NOT NULL, 
	enabled BOOLEAN NOT NULL, 
	created_at VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_webhooks PRIMARY KEY (id), 
	CONSTRAINT fk_webhooks_job_id_jobs FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "webhooks" VALUES('cf226bba028a47ea80a4ac509e99d792','ann',NULL,'https://example.org/hook','["job_succeeded"]',1,'2026-11-29T14:42:50.040Z');
INSERT INTO "webhooks" VALUES('ce769edf9e2641299ed733a0f4a89a5e','eve','7eac093bbdd35cb8ac4c412aed26a7eb','https://example.org/one','["job_failed"]',1,'2026-11-29T14:42:50.137Z');
INSERT INTO "webhooks" VALUES('97e6bac6d1834368a0b88300d44eaad2','eve','e2b8869655d65fd080f8219f607533da','https://example.org/one','["job_succeeded"]',1,'2026-11-29T14:42:50.196Z');
CREATE INDEX ix_jobs_finished ON jobs (state, model, finished_at);
CREATE INDEX ix_jobs_lease ON jobs (state, lease_until);
CREATE INDEX ix_saved_layouts_owner ON saved_layouts (owner, updated_at);
CREATE INDEX ix_uploads_used ON uploads (used_at);
CREATE INDEX ix_job_uploads_upload ON job_uploads (upload);
CREATE INDEX ix_layout_uploads_upload ON layout_uploads (upload);
CREATE INDEX ix_job_tags_owner ON job_tags (owner, tag, number);
CREATE INDEX ix_jobs_gallery ON jobs (owner, number, trashed_at, state, layout, model, favourite, created_at);
CREATE INDEX ix_jobs_trash ON jobs (trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX ix_jobs_continues ON jobs (continues);
CREATE INDEX ix_keys_owner ON keys (owner);
CREATE INDEX ix_sessions_key_id ON sessions (key_id);
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_audit_actor ON audit (actor, number);
CREATE INDEX ix_audit_object ON audit (object, number);
CREATE INDEX ix_webhooks_owner ON webhooks (owner, job_id);
CREATE INDEX ix_webhooks_job ON webhooks (job_id);
CREATE INDEX ix_deliveries_due ON deliveries (state, next_at);
CREATE INDEX ix_deliveries_webhook ON deliveries (webhook, at);
CREATE INDEX ix_jobs_claim ON jobs (state, priority DESC, virtual_start, number, owner, model, cost, first_step, steps);
CREATE INDEX ix_jobs_owner ON jobs (owner, state, priority DESC, virtual_start, number);
CREATE INDEX ix_jobs_bytes ON jobs (owner, bytes) WHERE bytes > 0;
COMMIT;
