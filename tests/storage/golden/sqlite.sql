-- version 1
-- CreateTable: create table shop.customer
CREATE TABLE "shop__customer" (
  id INTEGER NOT NULL PRIMARY KEY,
  "name" TEXT,
  "code" TEXT,
  "fax" TEXT,
  created_at BIGINT,
  created_by BIGINT,
  updated_at BIGINT,
  updated_by BIGINT,
  version BIGINT,
  deleted_at BIGINT
);
-- CreateTable: create table shop.customer#search
CREATE VIRTUAL TABLE "shop__customer___search" USING fts5(tokens, tokenize='ascii', columnsize=0);
-- CreateTable: create table shop.note
CREATE TABLE "shop__note" (
  id INTEGER NOT NULL PRIMARY KEY,
  "text" TEXT,
  "about" BIGINT CONSTRAINT "shop___fk_t6_c8" REFERENCES "shop__customer" ("id") ON DELETE NO ACTION,
  created_at BIGINT,
  created_by BIGINT,
  updated_at BIGINT,
  updated_by BIGINT,
  version BIGINT,
  deleted_at BIGINT
);
-- CreateTable: create table shop.order
CREATE TABLE "shop__order" (
  id INTEGER NOT NULL PRIMARY KEY,
  "customer" BIGINT CONSTRAINT "shop___fk_t9_c10" REFERENCES "shop__customer" ("id") ON DELETE NO ACTION,
  "total" TEXT,
  created_at BIGINT,
  created_by BIGINT,
  updated_at BIGINT,
  updated_by BIGINT,
  version BIGINT,
  deleted_at BIGINT
);
-- CreateTable: create table shop.order#helpers
CREATE TABLE "shop__order__helpers" (
  source_id BIGINT NOT NULL CONSTRAINT "shop___fk_t12_source" REFERENCES "shop__order" ("id") ON DELETE CASCADE,
  target_id BIGINT NOT NULL CONSTRAINT "shop___fk_t12_target" REFERENCES "shop__customer" ("id") ON DELETE CASCADE,
  position BIGINT NOT NULL,
  CONSTRAINT "shop___pk_t12" PRIMARY KEY ("source_id", "target_id")
);
CREATE INDEX "shop___ix_t12_target" ON "shop__order__helpers" ("target_id", "source_id");
-- CreateTable: create table shop.order/lines
CREATE TABLE "shop__order__lines" (
  id INTEGER NOT NULL PRIMARY KEY,
  parent_id BIGINT CONSTRAINT "shop___fk_t13_parent" REFERENCES "shop__order" ("id") ON DELETE CASCADE,
  position BIGINT,
  "what" TEXT
);
-- AddReferences: shop.note: add foreign keys
-- (moves data only)
-- AddReferences: shop.order: add foreign keys
-- (moves data only)
-- AddReferences: shop.order#helpers: add foreign keys
-- (moves data only)
-- AddReferences: shop.order/lines: add foreign keys
-- (moves data only)
-- AddIndex: shop.customer: add index over updated_at, id
CREATE INDEX "shop___il_t1_updated_at_id" ON "shop__customer" ("updated_at", "id") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.note: add index over about
CREATE INDEX "shop___ix_t6_c8" ON "shop__note" ("about");
-- AddIndex: shop.note: add index over updated_at, id
CREATE INDEX "shop___il_t6_updated_at_id" ON "shop__note" ("updated_at", "id") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.order: add index over customer
CREATE INDEX "shop___ix_t9_c10" ON "shop__order" ("customer");
-- AddIndex: shop.order: add index over updated_at, id
CREATE INDEX "shop___il_t9_updated_at_id" ON "shop__order" ("updated_at", "id") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.order/lines: add index over parent_id, position
CREATE INDEX "shop___ix_t13_parent_id_position" ON "shop__order__lines" ("parent_id", "position");
-- version 2
-- RemoveTable: remove table shop.note (its rows are kept for rollback)
ALTER TABLE "shop__note" RENAME TO "shop___removed_r23";
-- RemoveTable: remove table shop.order#helpers (its rows are kept for rollback)
ALTER TABLE "shop__order__helpers" RENAME TO "shop___removed_r24";
-- RenameTable: rename table shop.customer to shop.client
ALTER TABLE "shop__customer" RENAME TO "shop__client";
-- RenameTable: rename table shop.customer#search to shop.client#search
ALTER TABLE "shop__customer___search" RENAME TO "shop__client___search";
-- RenameTable: rename table shop.order/lines to shop.order/items
ALTER TABLE "shop__order__lines" RENAME TO "shop__order__items";
-- RemoveColumn: shop.customer: remove field fax (its values are kept for rollback)
ALTER TABLE "shop__client" RENAME COLUMN "fax" TO "_removed_r16_fax";
-- RenameColumn: shop.client: rename field name to title
ALTER TABLE "shop__client" RENAME COLUMN "name" TO "title";
-- RenameColumn: shop.order: rename field customer to client
ALTER TABLE "shop__order" RENAME COLUMN "customer" TO "client";
-- CreateTable: create table shop.product
CREATE TABLE "shop__product" (
  id INTEGER NOT NULL PRIMARY KEY,
  "name" TEXT,
  "maker" BIGINT CONSTRAINT "shop___fk_t19_c21" REFERENCES "shop__client" ("id") ON DELETE NO ACTION,
  created_at BIGINT,
  created_by BIGINT,
  updated_at BIGINT,
  updated_by BIGINT,
  version BIGINT,
  deleted_at BIGINT
);
-- CreateTable: create table shop.product#search
CREATE VIRTUAL TABLE "shop__product___search" USING fts5(tokens, tokenize='ascii', columnsize=0);
-- AddReferences: shop.product: add foreign keys
-- (moves data only)
-- AddColumn: shop.client: add field size
ALTER TABLE "shop__client" ADD COLUMN "size" BIGINT;
-- AddColumn: shop.order/items: add field price
ALTER TABLE "shop__order__items" ADD COLUMN "price" BIGINT;
-- ChangeType: shop.order: change the type of field total from text to money
ALTER TABLE "shop__order" RENAME COLUMN "total" TO "_removed_r17_total";
ALTER TABLE "shop__order" ADD COLUMN "total" BIGINT;
-- ChangeReference: shop.order: change what happens to client on deletion
-- (moves data only)
-- SetRequired: shop.client: field code becomes required
-- (moves data only)
-- AddIndex: shop.client: code must be unique
CREATE UNIQUE INDEX "shop___ul_t1_c3" ON "shop__client" ("code") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.order: add index over total
CREATE INDEX "shop___il_t9_c11" ON "shop__order" ("total") WHERE "deleted_at" IS NULL;
-- AddIndex: shop.product: add index over maker
CREATE INDEX "shop___ix_t19_c21" ON "shop__product" ("maker");
-- AddIndex: shop.product: add index over updated_at, id
CREATE INDEX "shop___il_t19_updated_at_id" ON "shop__product" ("updated_at", "id") WHERE "deleted_at" IS NULL;
-- RebuildSearch: rebuild search index shop.client#search
-- (moves data only)
