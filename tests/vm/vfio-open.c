/*
 * Proves that a virtual machine could have PCI devices: opens their IOMMU group
 * as a hypervisor does and reads each device through it. All devices named must
 * be of one group. Prints one line of key=value pairs a device; exit code 0 if
 * all of them can be had.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>

/* Why a device cannot be had: the step that failed, and errno. */
static int failed(const char *address, const char *group, const char *step)
{
	printf("open address=%s group=%s result=failed step=%s why=\"%s\"\n",
	       address, group, step, errno ? strerror(errno) : "-");
	return -1;
}

static int group_of(const char *address, char *group, size_t size)
{
	char path[PATH_MAX], link[PATH_MAX];
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group",
		 address);
	length = readlink(path, link, sizeof(link) - 1);
	if (length < 0)
		return -1;
	link[length] = '\0';
	snprintf(group, size, "%s", strrchr(link, '/') + 1);
	return 0;
}

static long sysfs_number(const char *address, const char *name)
{
	char path[PATH_MAX], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", address,
		 name);
	file = fopen(path, "r");
	if (!file)
		return -1;
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	return text[0] ? strtol(text, NULL, 16) : -1;
}

static struct vfio_region_info region(int device, uint32_t index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info))
		info.size = 0;
	return info;
}

/* BAR0 must read and map, if it is memory; NULL if it does not. */
static const char *try_bar0(int device, const struct vfio_region_info *config)
{
	struct vfio_region_info bar = region(device, VFIO_PCI_BAR0_REGION_INDEX);
	uint32_t address, word;
	uint16_t command;
	void *map;

	if (!bar.size)
		return "none";
	if (pread(device, &address, sizeof(address),
		  (off_t)config->offset + PCI_BASE_ADDRESS_0) != sizeof(address))
		return NULL;
	if (address & PCI_BASE_ADDRESS_SPACE_IO)
		return "io";

	if (pread(device, &command, sizeof(command),
		  (off_t)config->offset + PCI_COMMAND) != sizeof(command))
		return NULL;
	command |= PCI_COMMAND_MEMORY;
	if (pwrite(device, &command, sizeof(command),
		   (off_t)config->offset + PCI_COMMAND) != sizeof(command))
		return NULL;
	if (pread(device, &word, sizeof(word), (off_t)bar.offset) !=
	    sizeof(word))
		return NULL;
	/* A BAR smaller than a page reads, but need not be mappable. */
	if (!(bar.flags & VFIO_REGION_INFO_FLAG_MMAP))
		return "read";
	map = mmap(NULL, bar.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
		   (off_t)bar.offset);
	if (map == MAP_FAILED)
		return NULL;
	word = *(volatile uint32_t *)map;
	munmap(map, bar.size);
	return "mapped";
}

static int try_device(int group, const char *name, const char *address)
{
	struct vfio_region_info config;
	uint16_t id[2];
	const char *bar0;
	int device;

	errno = 0;
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address);
	if (device < 0)
		return failed(address, name, "device-fd");

	config = region(device, VFIO_PCI_CONFIG_REGION_INDEX);
	if (pread(device, id, sizeof(id), (off_t)config.offset) != sizeof(id))
		return failed(address, name, "config");
	if (id[0] != sysfs_number(address, "vendor") ||
	    id[1] != sysfs_number(address, "device"))
		return failed(address, name, "id");

	bar0 = try_bar0(device, &config);
	if (!bar0)
		return failed(address, name, "bar0");
	printf("open address=%s group=%s id=%04x:%04x bar0=%s result=ok\n",
	       address, name, id[0], id[1], bar0);
	return 0;
}

int main(int argc, char **argv)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char name[32] = "-", other[32], path[64];
	int container, group, result = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: vfio-open ADDRESS...\n");
		return 2;
	}

	for (int i = 1; i < argc; i++) {
		if (group_of(argv[i], other, sizeof(other)))
			return failed(argv[i], "-", "group"), 1;
		if (i > 1 && strcmp(name, other))
			return errno = 0, failed(argv[i], other, "same-group"), 1;
		snprintf(name, sizeof(name), "%s", other);
	}

	container = open("/dev/vfio/vfio", O_RDWR);
	if (container < 0)
		return failed(argv[1], name, "container"), 1;
	snprintf(path, sizeof(path), "/dev/vfio/%s", name);
	group = open(path, O_RDWR);
	if (group < 0)
		return failed(argv[1], name, "group-node"), 1;
	if (ioctl(group, VFIO_GROUP_GET_STATUS, &status))
		return failed(argv[1], name, "status"), 1;
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return errno = 0, failed(argv[1], name, "viable"), 1;
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container))
		return failed(argv[1], name, "set-container"), 1;
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) &&
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU))
		return failed(argv[1], name, "set-iommu"), 1;

	for (int i = 1; i < argc; i++)
		if (try_device(group, name, argv[i]))
			result = 1;
	return result;
}
