-- A journal as the first version wrote it, without its pictures.
CREATE TABLE events (
	id INTEGER NOT NULL,
	time DATETIME NOT NULL,
	kind TEXT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "events" VALUES(1,'2026-03-04 17:16:09.852954','source lost','folder');
CREATE TABLE inspection_kinds (
	kind TEXT NOT NULL,
	inspection_id INTEGER NOT NULL,
	PRIMARY KEY (kind, inspection_id),
	FOREIGN KEY(inspection_id) REFERENCES inspections (id)
)
 WITHOUT ROWID

;
INSERT INTO "inspection_kinds" VALUES('crack',1);
CREATE TABLE inspections (
	id INTEGER NOT NULL,
	time DATETIME NOT NULL,
	captured_at DATETIME NOT NULL,
	source TEXT NOT NULL,
	recipe TEXT NOT NULL,
	model TEXT NOT NULL,
	"index" INTEGER NOT NULL,
	name TEXT NOT NULL,
	part TEXT NOT NULL,
	verdict TEXT NOT NULL,
	reasons JSON NOT NULL,
	threshold FLOAT NOT NULL,
	cell INTEGER NOT NULL,
	max_severity FLOAT NOT NULL,
	regions JSON NOT NULL,
	suppressed JSON NOT NULL,
	milliseconds JSON NOT NULL,
	too_small JSON NOT NULL,
	frame_path TEXT NOT NULL,
	frame_sha256 TEXT NOT NULL,
	map_path TEXT NOT NULL,
	map_sha256 TEXT NOT NULL,
	PRIMARY KEY (id)
);
INSERT INTO "inspections" VALUES(1,'2026-03-04 17:16:09.793567','2026-03-04 05:06:07.890123','folder','6146fcea1f9056de2b145ca4ba894240a5cbaae2c0eb0924ba6ee0fb55f42a64','digest-of-the-model',0,'tile.png','tile','reject','["a crack of 16 px2 is a reject"]',5.4,4,9.41,'[{"box": [4, 4, 8, 8], "area_px": 16, "peak_severity": 9.41, "mean_severity": 9.41, "kind": "crack", "confidence": 0.75, "votes": {"crack": 3, "pit": 1}}]','[{"box": [4, 4, 8, 8], "area_px": 16, "peak_severity": 9.41, "mean_severity": 9.41, "kind": "background", "confidence": 0.75, "votes": {"background": 3, "pit": 1}}]','{"severity": 1.5, "filtering": 1.5, "components": 1.5, "classification": 1.5, "total": 6.0}','[{"box": [4, 4, 8, 8], "area_px": 16, "peak_severity": 9.41, "mean_severity": 9.41, "kind": "dust", "confidence": 0.75, "votes": {"dust": 3, "pit": 1}}]','2026-03-04/000001-frame.png','c79a31fe65a159d436993c7f3c4f5af72ec9432f38ae5c81be5aa2f260c84b67','2026-03-04/000001-map.png','3c0cd68d43326502d4d0561581ce48d398429ad59eb7d4294fbc50d5d2309ee4');
CREATE TABLE recipes (
	digest TEXT NOT NULL,
	toml TEXT NOT NULL,
	PRIMARY KEY (digest)
);
INSERT INTO "recipes" VALUES('6146fcea1f9056de2b145ca4ba894240a5cbaae2c0eb0924ba6ee0fb55f42a64','name = "tile"
model = "demo"
threshold = 5.4
cluster_distance = 4.0
min_area = 0.0
views = 1
policy = []
');
CREATE TABLE reviews (
	id INTEGER NOT NULL,
	inspection_id INTEGER NOT NULL,
	time DATETIME NOT NULL,
	reviewer TEXT NOT NULL,
	verdict TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(inspection_id) REFERENCES inspections (id)
);
CREATE TABLE unreadable (
	id INTEGER NOT NULL,
	time DATETIME NOT NULL,
	source TEXT NOT NULL,
	"index" INTEGER NOT NULL,
	name TEXT NOT NULL,
	error TEXT NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX ix_inspections_recipe ON inspections (recipe);
CREATE INDEX ix_inspections_part ON inspections (part);
CREATE INDEX ix_inspections_verdict ON inspections (verdict);
CREATE INDEX ix_inspections_time ON inspections (time);
CREATE INDEX ix_unreadable_time ON unreadable (time);
CREATE INDEX ix_events_time ON events (time);
CREATE INDEX ix_reviews_inspection_id ON reviews (inspection_id);
